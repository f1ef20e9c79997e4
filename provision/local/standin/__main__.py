"""Run the stand-in as a program: ``python -I -S <this file> WORLD [ARGUMENT ...]``."""

import gc
import os
import sys
from importlib import import_module
from os.path import abspath, dirname  # pathlib costs a stand-in 5 ms
from types import ModuleType

# A package without the code of the real one: a stand-in starts quickly, needs no dependency, and
# can use nothing but provision.local by accident.
package = ModuleType("provision")
package.__path__ = [dirname(dirname(dirname(abspath(__file__))))]  # noqa: PTH100, PTH120

if __name__ == "__main__":
    sys.modules["provision"] = package
    # It lives for some 30 ms: collecting garbage, and tidying up at the end, is a seventh of that.
    gc.disable()
    program = import_module("provision.local.standin.program")
    exit_code = program.main(sys.argv[1], sys.argv[2:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)
