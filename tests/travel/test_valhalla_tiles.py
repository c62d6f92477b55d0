"""A real Valhalla over tiles built from a network of our own, against times worked out by hand.

The programs come with the package pyvalhalla; where it can not be installed (Python before 3.12)
they may also stand on PATH, as `.ci/run` arranges it.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geodata.problems import InputError
from geodata.travel import TravelSettings, estimate, travel
from geodata.travel.engines import local
from tests.travel.road_network import minutes_by_hand, sites, write_osm, zones

pytest.importorskip("osmium", reason="osmium writes the network")
PROGRAM = local.program()
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="Valhalla's programs are not installed")


@pytest.fixture(scope="module")
def configuration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of an engine with the tiles of the network."""
    folder = tmp_path_factory.mktemp("valhalla")
    programs = Path(str(PROGRAM)).parent
    write_osm(folder / "net.osm.pbf", island=True)
    builder = programs.parent / "valhalla_build_config.py"
    command = (
        [sys.executable, str(builder)]
        if builder.is_file()
        else [str(shutil.which("valhalla_build_config"))]
    )
    options = ["--mjolnir-tile-dir", str(folder / "tiles"), "--mjolnir-tile-extract", ""]
    text = subprocess.run([*command, *options], check=True, capture_output=True, text=True).stdout
    settings = json.loads(text)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings["httpd"]["service"]["listen"] = f"tcp://127.0.0.1:{port}"
    for part in ("loki", "thor", "odin", "meili"):
        settings[part].setdefault("service", {})["proxy"] = f"ipc://{folder}/{part}"
    for end in ("loopback", "interrupt"):
        settings["httpd"]["service"][end] = f"ipc://{folder}/{end}"
    path = folder / "valhalla.json"
    path.write_text(json.dumps(settings), encoding="utf-8")
    build = [str(programs / "valhalla_build_tiles"), "-c", str(path), str(folder / "net.osm.pbf")]
    subprocess.run(build, check=True, capture_output=True, timeout=120)
    return path


@pytest.fixture(scope="module")
def url(configuration: Path) -> Iterator[str]:
    """The same engine as a server on this machine."""
    listen = json.loads(configuration.read_text())["httpd"]["service"]["listen"]
    process = subprocess.Popen(
        [str(PROGRAM), str(configuration), "1"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = listen.replace("tcp://", "")
    host, port = address.split(":")
    try:
        for _ in range(100):
            with socket.socket() as knock:
                if knock.connect_ex((host, int(port))) == 0:
                    break
            time.sleep(0.1)
        else:
            pytest.fail(f"valhalla does not answer at {address} (exit code {process.poll()})")
        yield f"http://{address}"
    finally:
        process.kill()
        process.wait()


@pytest.fixture(params=["program", "server"])
def engine(request: pytest.FixtureRequest) -> TravelSettings:
    settings = TravelSettings("valhalla", cache="off", access_minutes=0.0, timeout_seconds=60.0)
    if request.param == "program":
        return replace(settings, path=str(request.getfixturevalue("configuration")), parallel=2)
    return replace(settings, url=request.getfixturevalue("url"))


def test_minutes_are_those_worked_out_by_hand(engine: TravelSettings) -> None:
    table = travel(zones(), sites(), engine)
    expected = minutes_by_hand()[:, :6]
    # Signed speeds hold to a second; each crossing on the way costs some seconds more.
    assert (table.minutes - expected >= -0.05).all()
    assert np.allclose(table.minutes, expected, rtol=0.03, atol=0.2)
    assert table.origin.version.startswith("valhalla 3.")


def test_blocks_make_no_difference(engine: TravelSettings) -> None:
    whole = travel(zones(), sites(), engine)
    cut = travel(zones(), sites(), replace(engine, pairs_per_request=20))
    assert cut.origin.requests > whole.origin.requests
    assert np.allclose(whole.minutes, cut.minutes, atol=0.1)


def test_an_island_and_the_sea(engine: TravelSettings) -> None:
    with_island = zones()
    with_island.loc[11, ["longitude", "latitude"]] = (17.05, 60.0)
    with pytest.raises(InputError, match="no way from z11 to any site"):
        travel(with_island, sites(), engine)
    filled = travel(with_island, sites(), replace(engine, missing="estimate"))
    assert np.allclose(filled.minutes[11], estimate(with_island, sites()).minutes[11])
    assert np.allclose(filled.minutes[:11], minutes_by_hand()[:11, :6], rtol=0.03, atol=0.2)
    at_sea = zones()
    at_sea.loc[4, ["longitude", "latitude"]] = (19.5, 60.5)
    with pytest.raises(InputError, match=r"zone z4 \(19\.5, 60\.5\)"):
        travel(at_sea, sites(), engine)
