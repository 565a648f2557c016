"""`mask`: names, addresses and comments of persons do not get in where the feed says so.

The masked columns are all that is kept of a row: its BODY goes, and of records that could not be
split only the reason stays, since nobody knows where in them a person is.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from anfl_assets.collect.batch import BODY, Batch
from anfl_assets.collect.convert.texts import to_texts
from anfl_assets.collect.shape.masked_text import without_persons
from anfl_assets.collect.shape.step import Origin
from anfl_assets.config.expand import Environment
from anfl_assets.config.secret import Secret
from anfl_assets.config.section import Section, nearest

KEY = "ANFL_MASK_KEY"
_SHORTEST_KEY = 16
_TOKEN = re.compile(r"person-[0-9a-f]{12}")
_NOTE = json.dumps({"text": "[not kept: the feed masks persons]"})
_UNREAD = "could not be read; what it says is not kept, the feed masks persons"


class How(StrEnum):
    """What becomes of a column that says who somebody is."""

    REMOVE = "remove"
    PSEUDONYM = "pseudonym"
    TEXT = "text"


@dataclass(frozen=True)
class Mask:
    """Columns to mask: `remove` leaves null, `pseudonym` a token, `text` what names nobody.

    The same text gives the same token as long as the key is the same; texts that differ only in
    case or blanks around them are the same. Masking what is masked changes nothing.
    """

    columns: Mapping[str, How]
    key: Secret | None = None

    @property
    def reads_all(self) -> bool:
        """Only the columns that are read anyway."""
        return False

    def before(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the names and what is masked: one misspelt must not get in unmasked."""
        return tuple(dict.fromkeys((*names, *self.columns)))

    def apply(self, batch: Batch, _: Origin) -> Batch:
        """Mask the columns, and drop what holds them elsewhere."""
        rows = batch.rows.drop(BODY, strict=False)
        masked = [self._masked(rows[name], how) for name, how in self.columns.items()]
        rejects = batch.rejects.with_columns(
            pl.lit(_UNREAD).alias("reason"), pl.lit(_NOTE).alias("body")
        )
        return Batch(rows.with_columns(masked), rejects)

    def _masked(self, source: pl.Series, how: How) -> pl.Series:
        texts = to_texts(source).values.alias(source.name)
        if how is How.TEXT:
            return without_persons(texts)
        if how is How.PSEUDONYM and self.key is not None:
            distinct = texts.drop_nulls().unique()
            tokens = {text: _token(text, self.key) for text in distinct.to_list()}
            return texts.replace_strict(tokens, default=None, return_dtype=pl.String)
        return pl.repeat(None, len(texts), dtype=pl.String, eager=True).alias(source.name)


def _token(text: str, key: Secret) -> str:
    told = text.strip().casefold()
    if not told or _TOKEN.fullmatch(told):
        return text
    digest = hmac.new(key.text.encode(), told.encode(), hashlib.sha256).hexdigest()
    return f"person-{digest[:12]}"


def read_mask(item: Section, env: Environment) -> Mask | None:
    """Read `mask: {author: pseudonym, content: text, email: remove}`."""
    section = item.section("mask")
    if section is None or not section.content:
        item.fault("mask", f"column to one of {', '.join(How)}")
        return None
    columns = {name: _how(section, name) for name in section.content}
    key = None
    if How.PSEUDONYM in columns.values():
        key = Secret(env.variables.get(KEY, ""))
        if len(key.text) < _SHORTEST_KEY:
            expected = f"{KEY} to be set to a secret of {_SHORTEST_KEY} characters or more"
            found = "a shorter one" if key.text else f"{KEY} is not set"
            section.fault("", f"{expected}: pseudonyms are made with it", found)
    found_columns = {name: how for name, how in columns.items() if how is not None}
    return Mask(found_columns, key)


def _how(section: Section, name: str) -> How | None:
    text = section.text(name)
    if text not in tuple(How):
        section.fault(name, f"one of {', '.join(How)}{nearest(text or '', tuple(How))}")
        return None
    return How(text)
