"""The Machines API (flaps), a module a noun."""

from provision.local.api.flaps import machines

ROUTES = (*machines.ROUTES,)
