"""Profiles that are right, and what becomes of them by one slip each."""

# The profile of the documentation, with its lines.
PROFILE = """\
version = 1
order = "dates"
fill_gaps = true

[dates]
formats = ["%Y-%m-%d", "%m/%d/%Y %I:%M:%S %p"]
earliest = 2015-01-01
latest = 2019-12-31

[tables."dispositions.csv"]
encoding = "cp1252"
separator = ";"
blank = ["NULL", "n/a"]
formats = ["%d.%m.%Y"]

[referral]                        # one row a referral
table = "intake.csv"
id = "case_id"
received_on = ["received", "entered"]
implied = ["accept", "open_investigation", "present_to_prosecutor"]
parent = "came_from"
level = "court_level"
observed_through = 2019-12-02
dimensions = { category = "offense", unit = ["unit", "desk"] }

[referral.constants]
territory = "US-IL"
agency = "cook-county-sao"

[[event]]
table = "dispositions.csv"
referral = "case_id"
code = ["status", "charge_disposition"]
on = [
  "felony_review_date",  # the later word
  "received",
]
subject = "case_id"
charge = "charge_id"

[event.constants]
level = "local"

[[event]]
table = "intake.csv"
referral = "case_id"
action = "file_charge"
on = "filed"
other = "other_id"
superseded_on = "amended"

[codes.status]
"Approved" = "file_charge"
"BFW/See Related Case" = "nothing"
"" = "close administrative_closure"

[codes.charge_disposition]
"Plea Of Guilty" = "charge_result convicted_plea"

[codes]
court_level.1 = "local"
offense.PIMP = "pimping"
"""

# The least that is a profile.
LEAST = """\
version = 1
[referral]
table = "tips.csv"
id = "no"
received_on = "day"
territory = "state"
level = "rank"
"""

CODED = (
    LEAST
    + """\
[[event]]
table = "tips.csv"
referral = "no"
on = "day"
code = "status"
[codes.status]
"A" = "accept"
"""
)

# What is replaced by what in which profile; the statement that is wrong then, its path, and what is said.
WRONG = {
    "an unknown key": (
        *(LEAST, "id =", "ID = 'x'\nid ="),
        *("ID = 'x'", "referral.ID", "did you mean 'id'?"),
    ),
    "a misspelt table": (
        *(LEAST, "version = 1", "version = 1\n[event]"),
        *("[event]", "event", "write [[event]]"),
    ),
    "another name of the same file": (
        *(CODED, '[[event]]\ntable = "tips.csv"', '[[event]]\ntable = "./tips.csv"'),
        *('table = "./tips.csv"', "event[1].table", "write 'tips.csv'"),
    ),
    "another name of the file that is described": (
        *(PROFILE, '[tables."dispositions.csv"]', '[tables."a/..//dispositions.csv"]'),
        *('[tables."a/..//dispositions.csv"]', 'tables."a/..//dispositions.csv"', "write 'dispositions.csv'"),
    ),
    "no version": (
        *(LEAST, "version = 1", ""),
        *("", "version", "is missing"),
    ),
    "another version": (
        *(LEAST, "version = 1", "version = 2"),
        *("version = 2", "version", "2 is not known"),
    ),
    "a version in quotes": (
        *(LEAST, "version = 1", "version = '1'"),
        *("version = '1'", "version", "not a whole number"),
    ),
    "true for a number": (
        *(LEAST, "version = 1", "version = true"),
        *("version = true", "version", "true is not a whole"),
    ),
    "a missing key": (
        *(LEAST, 'id = "no"\n', ""),
        *("[referral]", "referral.id", "is missing"),
    ),
    "no columns": (
        *(LEAST, '"no"', "[]"),
        *("id = []", "referral.id", "is empty"),
    ),
    "no table": (
        *(LEAST, '"tips.csv"', '""'),
        *('table = ""', "referral.table", "is empty"),
    ),
    "no text": (
        *(LEAST, '"no"', '["no", 5]'),
        *('id = ["no", 5]', "referral.id[2]", "5 is not text"),
    ),
    "an unknown order": (
        *(LEAST, "[ref", "order='table'\n[ref"),
        *("order='table'", "order", "did you mean 'tables'?"),
    ),
    "text for true": (
        *(LEAST, "[ref", "fill_gaps='no'\n[ref"),
        *("fill_gaps='no'", "fill_gaps", "'no' is not true or false"),
    ),
    "a time stamp": (
        *(LEAST, "[ref", "dates.latest = 2019-01-01T00:00:00\n[ref"),
        *("dates.latest = 2019-01-01T00:00:00", "dates.latest", "2019-01-01T00:00:00 is not a day"),
    ),
    "a day in quotes": (
        *(LEAST, "[ref", "dates.latest = '2019-01-01'\n[ref"),
        *("dates.latest = '2019-01-01'", "dates.latest", "write it without quotes"),
    ),
    "a window that ends first": (
        *(PROFILE, "2019-12-31", "2014-12-31"),
        *("latest = 2014-12-31", "dates.latest", "2014-12-31 is before the earliest day, 2015-01-01"),
    ),
    "no formats": (
        *(LEAST, "[ref", "dates.formats=[]\n[ref"),
        *("dates.formats=[]", "dates.formats", "is empty"),
    ),
    "minutes for months": (
        *(PROFILE, '"%Y-%m-%d"', '"%Y-%M-%d"'),
        *('formats = ["%Y-%M-%d", "%m/%d/%Y %I:%M:%S %p"]', "dates.formats[1]", "does not tell the month"),
    ),
    "letters for words": (
        *(PROFILE, '"%d.%m.%Y"', '"DD.MM.YYYY"'),
        *(
            'formats = ["DD.MM.YYYY"]',
            'tables."dispositions.csv".formats[1]',
            "does not tell the year and the month and the day",
        ),
    ),
    "hours without minutes": (
        *(PROFILE, "%I:%M:%S %p", "%I %p"),
        *('formats = ["%Y-%m-%d", "%m/%d/%Y %I %p"]', "dates.formats[2]", "without the minute"),
    ),
    "an unknown encoding": (
        *(PROFILE, "cp1252", "cp12522"),
        *('encoding = "cp12522"', 'tables."dispositions.csv".encoding', "did you mean 'cp1252'?"),
    ),
    "an encoding that only Windows calls so": (
        *(PROFILE, "cp1252", "ANSI"),
        *('encoding = "ANSI"', 'tables."dispositions.csv".encoding', 'is most often "cp1252"'),
    ),
    "an encoding that cannot tell a bad byte": (
        *(PROFILE, "cp1252", "punycode"),
        *('encoding = "punycode"', 'tables."dispositions.csv".encoding', "is no encoding of text"),
    ),
    "an encoding of no text": (
        *(PROFILE, "cp1252", "base64"),
        *('encoding = "base64"', 'tables."dispositions.csv".encoding', "is no encoding of text"),
    ),
    "a long separator": (
        *(PROFILE, '";"', '"||"'),
        *('separator = "||"', 'tables."dispositions.csv".separator', "give one character"),
    ),
    "a form of no table": (
        *(LEAST, "[ref", "[tables.'tip.csv']\n[ref"),
        *("[tables.'tip.csv']", 'tables."tip.csv"', "did you mean 'tips.csv'?"),
    ),
    "an unknown action": (
        *(PROFILE, '"accept"', '"acept"'),
        *(
            'implied = ["acept", "open_investigation", "present_to_prosecutor"]',
            "referral.implied[1]",
            "did you mean 'accept'?",
        ),
    ),
    "a step that needs a reason": (
        *(PROFILE, '"present_to_prosecutor"', '"close"'),
        *(
            'implied = ["accept", "open_investigation", "close"]',
            "referral.implied[3]",
            "close cannot be implied",
        ),
    ),
    "a step that moves nothing": (
        *(PROFILE, '"present_to_prosecutor"', '"arrest"'),
        *(
            'implied = ["accept", "open_investigation", "arrest"]',
            "referral.implied[3]",
            "arrest cannot be implied",
        ),
    ),
    "the first step": (
        *(PROFILE, '["accept"', '["made_available"'),
        *(
            'implied = ["made_available", "open_investigation", "present_to_prosecutor"]',
            "referral.implied[1]",
            "made_available cannot be implied",
        ),
    ),
    "steps in the wrong order": (
        *(PROFILE, '"accept", "open_investigation", ', '"accept", '),
        *(
            'implied = ["accept", "present_to_prosecutor"]',
            "referral.implied[2]",
            "not possible in stage under_triage; possible there: open_investigation",
        ),
    ),
    "no territory": (
        *(LEAST, 'territory = "state"\n', ""),
        *("[referral]", "referral.territory", "is missing: name its column"),
    ),
    "two levels": (
        *(PROFILE, 'agency = "cook', 'level = "local"\nagency = "cook'),
        *('level = "local"', "referral.constants.level", "a column gives the level already"),
    ),
    "two agencies": (
        *(PROFILE, "parent =", "agency = 'office'\nparent ="),
        *('agency = "cook-county-sao"', "referral.constants.agency", "leave one of the two out"),
    ),
    "a territory in words": (
        *(PROFILE, "US-IL", "Illinois"),
        *('territory = "Illinois"', "referral.constants.territory", "use ISO 3166"),
    ),
    "an agency that is no id": (
        *(PROFILE, "cook-county-sao", "Cook County"),
        *('agency = "Cook County"', "referral.constants.agency", "without white space"),
    ),
    "no agency": (
        *(PROFILE, "cook-county-sao", ""),
        *('agency = ""', "referral.constants.agency", "an id is text"),
    ),
    "an unknown level": (
        *(PROFILE, 'level = "local"', 'level = "locale"'),
        *('level = "locale"', "event[1].constants.level", "did you mean 'local'?"),
    ),
    "a watch in quotes": (
        *(PROFILE, "2019-12-02", '"2019-12-02"'),
        *('observed_through = "2019-12-02"', "referral.observed_through", "write the day without quotes"),
    ),
    "a dimension that is there": (
        *(PROFILE, "category =", "level ="),
        *(
            'dimensions = { level = "offense", unit = ["unit", "desk"] }',
            "referral.dimensions.level",
            "every referral has a level of its own",
        ),
    ),
    "a dimension of the reader": (
        *(LEAST, "level =", 'dimensions = ["referral_id"]\nlevel ='),
        *(
            'dimensions = ["referral_id"]',
            "referral.dimensions.referral_id",
            "give the dimension another name",
        ),
    ),
    "a dimension twice": (
        *(LEAST, "level =", 'dimensions = ["a", "b", "a"]\nlevel ='),
        *('dimensions = ["a", "b", "a"]', "referral.dimensions.a", "is there already"),
    ),
    "a dimension without a name": (
        *(LEAST, "level =", 'dimensions = { " " = "b" }\nlevel ='),
        *('dimensions = { " " = "b" }', 'referral.dimensions." "', "use printable text"),
    ),
    "an event that says nothing": (
        *(PROFILE, 'action = "file_charge"\n', ""),
        *("[[event]]", "event[2].code", "is missing"),
    ),
    "an event that says two things": (
        *(PROFILE, 'subject = "case_id"', 'action = "accept"'),
        *('action = "accept"', "event[1].action", "`code` says already what happened"),
    ),
    "an action that is no text": (
        *(PROFILE, 'action = "file_charge"', "action = 5"),
        *("action = 5", "event[2].action", "5 is not text"),
    ),
    "an event named nothing": (
        *(PROFILE, 'action = "file_charge"', 'action = "nothing"'),
        *('action = "nothing"', "event[2].action", "leave this table out"),
    ),
    "codes of no code": (
        *(PROFILE, 'on = "filed"', 'on = "filed"\ncodes = "status"'),
        *('codes = "status"', "event[2].codes", "there is no `code`"),
    ),
    "a code that nothing explains": (
        *(CODED, '"status"', '["status", "statuss"]'),
        *(
            'code = ["status", "statuss"]',
            "event[1].code",
            "there is no table [codes.statuss]; did you mean 'status'?",
        ),
    ),
    "a subject that is not told": (
        *(CODED, '"accept"', '"decide_subject unfounded"'),
        *("[[event]]", "event[1].subject", "decide_subject is about one of several subjects"),
    ),
    "two levels of a charge": (
        *(PROFILE, "charge = ", "level = 'x'\ncharge = "),
        *('level = "local"', "event[1].constants.level", "a column gives the level already"),
    ),
    "codes that nobody reads": (
        *(PROFILE, "offense.PIMP", "offence.PIMP"),
        *(
            'offence.PIMP = "pimping"',
            "codes.offence",
            "nothing that is read has this name; did you mean 'offense'?",
        ),
    ),
    "a code's unknown action": (
        *(CODED, '"accept"', '"acept"'),
        *('"A" = "acept"', "codes.status.A", "'acept' is no action; did you mean 'accept'?"),
    ),
    "a code's unknown reason": (
        *(CODED, '"accept"', '"close merge"'),
        *('"A" = "close merge"', "codes.status.A", "close cannot come with 'merge'; did you mean 'merged'?"),
    ),
    "a code's strange reason": (
        *(CODED, '"accept"', '"close xyz"'),
        *(
            '"A" = "close xyz"',
            "codes.status.A",
            "the reasons that it can have stand in the docs, on the page Vocabulary, and at the top of what",
        ),
    ),
    "a part of a reason": (
        *(CODED, '"accept"', '"close declined"'),
        *(
            '"A" = "close declined"',
            "codes.status.A",
            "did you mean 'prosecution_declined' or 'victim_declined'?",
        ),
    ),
    "a reason of another action": (
        *(CODED, '"accept"', '"close convicted_plea"'),
        *('"A" = "close convicted_plea"', "codes.status.A", "which comes with charge_result"),
    ),
    "a reason too many": (
        *(CODED, '"accept"', '"accept merged"'),
        *('"A" = "accept merged"', "codes.status.A", "accept takes no reason"),
    ),
    "a reason too few": (
        *(CODED, '"accept"', '"close"'),
        *('"A" = "close"', "codes.status.A", "close needs a reason"),
    ),
    "a code for the first step": (
        *(CODED, '"accept"', '"made_available"'),
        *(
            '"A" = "made_available"',
            "codes.status.A",
            "known of every referral from its first day; write 'nothing'",
        ),
    ),
    "a code that is a number": (
        *(CODED, '"accept"', "1"),
        *('"A" = 1', "codes.status.A", "1 is not text"),
    ),
    "codes that are no table": (
        *(CODED, '[codes.status]\n"A" = "accept"', "[codes]\nstatus = 1"),
        *("status = 1", "codes.status", "1 is not a table"),
    ),
    "a code with white space": (
        *(CODED, '"A"', '"A "'),
        *('"A " = "accept"', 'codes.status."A "', "without the white space around them; write 'A'"),
    ),
    "a code that counts as blank": (
        *(PROFILE, '"" = ', '"NULL" = '),
        *('"NULL" = "close administrative_closure"', "codes.status.NULL", 'write "" for it'),
    ),
    "a level of no level": (
        *(PROFILE, 'court_level.1 = "local"', 'court_level.1 = "county"'),
        *('court_level.1 = "county"', "codes.court_level.1", "'county' is no level; use one of local"),
    ),
    "a code for no territory": (
        *(LEAST, "version = 1", "version = 1\ncodes.state.I = 'Ill'"),
        *("codes.state.I = 'Ill'", "codes.state.I", "use ISO 3166"),
    ),
    "a code for no agency": (
        *(LEAST, '"rank"', '"rank"\nagency = "office"\n[codes.office]\nI = "a b"'),
        *('I = "a b"', "codes.office.I", "without white space"),
    ),
    "a code for nothing": (
        *(PROFILE, '"pimping"', '""'),
        *('offense.PIMP = ""', "codes.offense.PIMP", "a code stands for something"),
    ),
}
