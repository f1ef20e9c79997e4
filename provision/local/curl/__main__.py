"""Run the stand-in for curl: ``python -I -S <this file> WORLD HOST=APP,… [ARGUMENT ...]``."""

import gc
import os
import sys
from importlib import import_module
from os.path import abspath, dirname  # pathlib costs a stand-in 5 ms
from types import ModuleType

# As the stand-in for flyctl does: it starts quickly, and can use nothing but provision.local.
package = ModuleType("provision")
package.__path__ = [dirname(dirname(dirname(abspath(__file__))))]  # noqa: PTH100, PTH120

if __name__ == "__main__":
    sys.modules["provision"] = package
    gc.disable()
    program = import_module("provision.local.curl.program")
    exit_code = program.main(sys.argv[1], sys.argv[2], sys.argv[3:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)
