"""Whose work a figure counts. Figures of two populations are about two sets of things."""

from typing import Final

from tipline_outcomes.model.vocabulary import Word

__all__ = ["Population"]

_NCMEC: Final = "NCMEC"


class Population(Word):
    """The body, or the stream of tips, whose things a figure counts.

    >>> Population("ch-fedpol").meaning
    'NCMEC reports to the Swiss federal police, and the packages it made of them for the cantons'
    """

    CYBERTIPLINE_GLOBAL = (
        "cybertipline-global",
        "all reports to the CyberTipline, from everywhere",
        _NCMEC,
    )
    CYBERTIPLINE_US = (
        "cybertipline-us",
        "reports to the CyberTipline attributed to the United States",
        _NCMEC,
    )
    CYBERTIPLINE_FOREIGN = (
        "cybertipline-foreign",
        "reports made available to agencies outside the United States",
        _NCMEC,
    )
    ICAC_US = (
        "icac-us",
        "the 61 ICAC task forces: what is made available to them, and all their work, whatever set it off",
        "NCMEC; OJJDP",
    )
    LOCAL_US = ("local-us", "local agencies in the United States, outside the task forces", _NCMEC)
    FEDERAL_US = ("federal-us", "federal agencies of the United States", _NCMEC)
    CVIP_US = (
        "cvip-us",
        "children identified and entered into NCMEC's victim identification database, from any source",
        _NCMEC,
    )
    ICAC_AZ = ("icac-az", "the Arizona ICAC task force", "the task force")
    ICAC_ID = ("icac-id", "the Idaho ICAC unit", "Idaho Attorney General")
    ICAC_NC = (
        "icac-nc",
        "the North Carolina ICAC task force",
        "North Carolina State Bureau of Investigation",
    )
    ICAC_NE = ("icac-ne", "the Nebraska ICAC task force", "Nebraska State Patrol")
    ICAC_SC = ("icac-sc", "the South Carolina ICAC task force", "South Carolina Attorney General")
    ICAC_VA_SOUTH = ("icac-va-south", "the Southern Virginia ICAC task force", "the task force")
    ICAC_VT = ("icac-vt", "the Vermont ICAC task force", "Vermont Attorney General")
    ICAC_WI = ("icac-wi", "the Wisconsin ICAC task force", "Wisconsin Department of Justice")
    ICAC_WY = ("icac-wy", "the Wyoming ICAC task force", "Wyoming Division of Criminal Investigation")
    FEDERAL_PROSECUTION_US = (
        "federal-prosecution-us",
        "suspects in matters referred to United States attorneys, from any source",
        "Bureau of Justice Statistics",
    )
    NJOV_US = (
        "njov-us",
        "arrests for internet sex crimes against minors, estimated from a survey of police agencies",
        "Crimes against Children Research Center",
    )
    DE_BKA = ("de-bka", "NCMEC reports received by the German federal police", "Bundeskriminalamt")
    DE_POLICE_RECORDED = (
        "de-police-recorded",
        "offences in German police statistics, which hold only what has a known place of offence",
        "Bundeskriminalamt",
    )
    CH_FEDPOL = (
        "ch-fedpol",
        "NCMEC reports to the Swiss federal police, and the packages it made of them for the cantons",
        "fedpol",
    )
    CH_NEDIK_P2P = (
        "ch-nedik-p2p",
        "leads from the Swiss police's own monitoring of peer-to-peer networks; no tips",
        "KKPKS NEDIK",
    )
    GB_NCA = (
        "gb-nca",
        "referrals by industry to the National Crime Agency, and the work of all forces",
        "NCA",
    )
    IE_GARDA = ("ie-garda", "NCMEC referrals to the Irish police", "An Garda Síochána")
    SE_NOA = ("se-noa", "tips to the Swedish police's national department", "Swedish Police Authority")
    SE_DALARNA = (
        "se-dalarna-prosecution",
        "preliminary investigations of one Swedish prosecution office, from any source",
        "Dala-Demokraten",
    )
    NO_KRIPOS = ("no-kripos", "tips to the Norwegian national police unit, and what it sent on", "Kripos")
    NO_AGDER = ("no-district-agder", "tips that Kripos sent to the police district Agder", "Norwegian police")
    NO_FINNMARK = (
        "no-district-finnmark",
        "tips that Kripos sent to the police district Finnmark",
        "Norwegian police",
    )
    NO_MORE_OG_ROMSDAL = (
        "no-district-more-og-romsdal",
        "tips that Kripos sent to the police district Møre og Romsdal",
        "Norwegian police",
    )
    NO_OSLO = ("no-district-oslo", "tips that Kripos sent to the police district Oslo", "Norwegian police")
    DK_NC3 = (
        "dk-nc3",
        "tips to the Danish national cyber crime centre, and what came of them",
        "Rigspolitiet",
    )
    DK_POLICE_RECORDED = (
        "dk-police-recorded",
        "digital sex crimes reported to the Danish police, against children and adults",
        "National enhed for Særlig Kriminalitet",
    )
    AT_BK = ("at-bk", "NCMEC reports received by the Austrian federal police", "Bundeskriminalamt (Austria)")
    AT_POLICE_RECORDED = (
        "at-police-recorded",
        "recorded offences of section 207a of the Austrian criminal code, from any source",
        "Bundeskriminalamt (Austria)",
    )
    NL_POLITIE = ("nl-politie", "reports received by the Dutch police", "Politie")
    FR_OFMIN = ("fr-ofmin", "reports received by the French office for minors", "OFMIN")
    FI_POLICE_RECORDED = (
        "fi-police-recorded",
        "possession offences that the Finnish police recorded",
        "Finnish police",
    )
    IN_NCRB = ("in-ncrb", "CyberTipline reports that India shares with its states", "NCRB")
    CA_NCECC = ("ca-ncecc", "referrals to the Canadian national centre, from any source", "RCMP")
    CA_CYBERTIP = (
        "ca-cybertip",
        "reports from the public to the Canadian tip line",
        "Canadian Centre for Child Protection",
    )
    CA_POLICE_COURT = (
        "ca-police-court",
        "incidents founded and recorded by Canadian police, and the court files linked to them; no tips",
        "Statistics Canada",
    )
    AU_ACCCE = (
        "au-accce",
        "reports to the Australian centre, its referrals, and all such work of the federal police",
        "AFP",
    )
    NZ_DIA = (
        "nz-dia",
        "NCMEC referrals to three agencies of New Zealand, and the work of one of them",
        "Department of Internal Affairs",
    )
    EU_INTERIM = (
        "eu-interim-regulation",
        "reports by providers under the European Union's interim regulation",
        "European Commission",
    )
