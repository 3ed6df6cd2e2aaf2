"""How many examples a law has."""

from hypothesis import settings

__all__ = ["examples"]


def examples(everyday: int) -> settings:
    """Give a law so many examples where others have a hundred; fewer or more, as the profile has."""
    return settings(max_examples=max(1, everyday * settings.default.max_examples // 100))
