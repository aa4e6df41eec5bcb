"""Which system libraries the studio needs and which are missing; standard library only, so that it runs before setup.

`python3 engine/cli/system_packages.py [--tests | --slow-tests]` installs what is missing where it may (root on Debian
or Ubuntu); elsewhere it says in one sentence what to install.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

# Library file -> Debian package. Qt's xcb plugin blames xcb-cursor0 whichever of these is missing.
QT_LIBRARIES: dict[str, str] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libOpenGL.so.0": "libopengl0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
TEST_PROGRAMS: dict[str, str] = {"Xvfb": "xvfb", "xauth": "xauth"}
TEST_FILES: dict[str, str] = {"libGLX_mesa.so.0": "libgl1-mesa-dri"}
SLOW_TEST_PROGRAMS: dict[str, str] = {"gs": "ghostscript"}


def missing_packages(*, for_tests: bool, for_slow_tests: bool = False) -> list[str]:
    """Debian names of the packages that are missing on this machine; always empty outside Linux."""
    if not sys.platform.startswith("linux"):
        return []
    libraries = {**QT_LIBRARIES, **(TEST_FILES if for_tests else {})}
    missing: list[str] = []
    for library, package in libraries.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    if for_tests:
        missing += [package for program, package in TEST_PROGRAMS.items() if shutil.which(program) is None]
        # Debian keeps the server's programs out of the search path.
        if shutil.which("initdb") is None and not any(Path("/usr/lib").glob("postgresql/*/bin/initdb")):
            missing.append("postgresql")
    if for_slow_tests:
        missing += [package for program, package in SLOW_TEST_PROGRAMS.items() if shutil.which(program) is None]
    return sorted(set(missing))


def install(packages: list[str]) -> bool:
    """Install by apt-get; True when it worked. False at once where apt-get or the right to use it is missing."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-qy", "--no-install-recommends", *packages]):
        if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode != 0:
            return False
    return True


def main() -> int:
    for_slow_tests = "--slow-tests" in sys.argv
    for_tests = for_slow_tests or "--tests" in sys.argv

    def missing() -> list[str]:
        return missing_packages(for_tests=for_tests, for_slow_tests=for_slow_tests)

    packages = missing()
    if not packages:
        return 0
    print("Installing system packages: " + " ".join(packages))
    if install(packages) and not missing():
        return 0
    packages = missing()
    names = " ".join(packages)
    sys.stderr.write(
        f"These system packages are missing and could not be installed here: {names}. "
        f"Install them (on Debian or Ubuntu: sudo apt-get install {names}) and run this again.\n"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
