"""A working folder to begin with: a workbook to fill in, a config that reads it, a readme."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from geodata.problems import InputError, Problem
from optimizer.building.reading import read_case
from optimizer.config.loading import load
from optimizer.config.shipped import shipped_config
from optimizer.starter.workbook import write_workbook

WORKBOOK = "underlag.xlsx"

CONFIG = f"""\
# Egna uppgifter läggs över de inbyggda: varje ifylld cell i {WORKBOOK} ersätter det inbyggda
# värdet, varje tom cell lämnar det som det är. Skriv här bara det som skiljer sig från grundfallet.
extends: base.yaml
name: eget-underlag
title: {{sv: Eget underlag, en: Own data}}

data:
  offices: builtin + {WORKBOOK}#Kontor
  candidates: builtin + {WORKBOOK}#Kandidater
  zones: builtin:localities + {WORKBOOK}#Områden
  # Vill ni räkna med ytor i stället (DeSO, RegSO, rutor): zones: deso.gpkg. Ytornas punkter läggs
  # då där människor bor enligt bladet Befolkning, eller enligt de inbyggda orterna om det är tomt.
  people: builtin + {WORKBOOK}#Befolkning
  regions:
    fa: builtin:fa15 + {WORKBOOK}#Regioner
    # En indelning till, till exempel FA25, ur en egen tabell eller ett kartskikt (alla kommuner):
    # fa25: fa25.xlsx
  visits: builtin + {WORKBOOK}#Besök
  # Par som inte står i bladet Restider uppskattas.
  travel: {{provider: matrix, path: {WORKBOOK}#Restider, missing: estimate}}

offices:
  decided: {WORKBOOK}#Beslut
  # keep: [{{office: Åsele, reason: längst väg till nästa kontor}}]

# Gäller uppgifterna ett senare år än 2024, skriv året, planens år och varje års besparing här,
# och summorna i bladet Besök:
# base_year: 2025
# years: [2026, 2027]
# budget: {{cut: {{2025: null, 2026: 50, 2027: 100}}}}

# Avgifter som följer besöken, en del av budget.other_income. De inbyggda är Statens servicecenters;
# ange egna, eller null för inga:
# costs: {{fee_income_mnkr: {{pensions: null, id_cards: null, migration: null, egna: 2.5}}}}

# Krav på service i varje region enligt FA15 och FA25 samtidigt:
# requirements:
#   region_coverage:
#     - {{division: fa, min_points: 1, from: 2027}}
#     - {{division: fa25, min_points: 1, from: 2027}}
"""

README = f"""\
Eget underlag till servicenet
=============================

1. Öppna {WORKBOOK}. Fyll i de uppgifter ni har. Ni kan lämna allt annat tomt.
   Peka på en rubrik för att läsa vad kolumnen betyder. Bladet Inbyggda värden visar vad
   som räknas med där ni inte fyller i något.
2. Öppna en terminal i den här mappen och kontrollera underlaget:

     servicenet check config.yaml --marked fel.xlsx

   Är något fel skrivs en kopia av arbetsboken, fel.xlsx, där de felaktiga cellerna är
   färgade och kommenterade. Rätta i {WORKBOOK} och kontrollera igen (nästa kopia heter
   fel-2.xlsx). Vad uppskattningen ger för varje kontor, och hur fel den brukar ha:

     servicenet data estimate config.yaml --to kontor.csv

3. Räkna fram en plan (ungefär en minut):

     servicenet solve config.yaml

   Hinner datorn inte finna någon plan, ge den längre tid: --time-limit 180.
4. Öppna runs/eget-underlag/map.html i en webbläsare.

Så läggs uppgifterna ihop
-------------------------
En ifylld cell ersätter det inbyggda värdet och får ursprunget "observed" (egen uppgift).
En tom cell behåller det inbyggda värdet, eller uppskattas ("estimated", "assumed").
En rad med nytt id läggs till och måste då ha alla obligatoriska uppgifter.
"ja" i kolumnen Utgår tar bort raden. Ändra inte id i förifyllda rader.
Med en helt tom arbetsbok blir resultatet detsamma som i grundfallet (base.yaml).

Innehållet lämnar aldrig datorn. Inga personuppgifter behövs.
"""


def start(folder: Path) -> tuple[Path, ...]:
    """Write the folder and give its files; an InputError if something stands there already.

    The folder is there whole or not at all.
    """
    _refuse_taken(folder)
    place = Path(os.path.abspath(folder))
    base = shipped_config("base.yaml")
    assert base is not None, "base.yaml is shipped"
    scenario = load(base)
    titles = {name: mode.title.sv for name, mode in scenario.modes.items()}
    built_in = read_case(scenario).sites
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    except OSError as error:
        raise _cannot_write(folder, error) from error
    try:
        write_workbook(unfinished / WORKBOOK, titles, tuple(scenario.services), built_in)
        (unfinished / "config.yaml").write_text(CONFIG, encoding="utf-8")
        (unfinished / "LÄS MIG.txt").write_text(README, encoding="utf-8")
        unfinished.chmod(0o777 & ~_umask())
        _into_place(unfinished, place)
    except OSError as error:
        raise _cannot_write(folder, error) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return tuple(sorted(folder.iterdir()))


def _into_place(unfinished: Path, folder: Path) -> None:
    """The files into their folder. One that is there stays itself: somebody may be in it."""
    if not folder.exists():
        os.rename(unfinished, folder)
        return
    moved: list[Path] = []
    try:
        for file in sorted(unfinished.iterdir()):
            with (folder / file.name).open("xb") as stream:  # fails where it was filled meanwhile
                moved.append(folder / file.name)
                stream.write(file.read_bytes())
    except BaseException:
        for file in moved:
            file.unlink()
        raise


def _refuse_taken(folder: Path) -> None:
    try:
        taken = folder.is_symlink() or (
            folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
        )
    except (OSError, ValueError) as error:
        raise _cannot_write(folder, error) from error
    if taken:
        accepted = "a new or empty folder"
        raise InputError(Problem(str(folder), "something already there", accepted, "Name another."))


def _cannot_write(folder: Path, error: Exception) -> InputError:
    found = getattr(error, "strerror", None) or str(error)
    return InputError(Problem(str(folder), found, "a folder that can be written"))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
