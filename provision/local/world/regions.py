"""The regions of the local Fly: a few of Fly's."""

from __future__ import annotations

from provision.local.world.record import Record
from provision.local.world.refusals import Invalid


class Region(Record):
    """
    A place with machines.

    Attributes:
        code: Three letters.
        name: For people.
        latitude: In degrees.
        longitude: In degrees.
        geo_region: The continent, in Fly's words.
        requires_paid_plan: Whether only paying organizations may use it.
    """

    code: str
    name: str
    latitude: float
    longitude: float
    geo_region: str
    requires_paid_plan: bool = False


REGIONS = (
    Region("ams", "Amsterdam, Netherlands", 52.374, 4.898, "europe"),
    Region("arn", "Stockholm, Sweden", 59.65, 17.918, "europe"),
    Region("bom", "Mumbai, India", 19.076, 72.877, "asia_pacific", requires_paid_plan=True),
    Region("cdg", "Paris, France", 48.86, 2.352, "europe"),
    Region("dfw", "Dallas, Texas (US)", 32.778, -96.796, "north_america"),
    Region("ewr", "Secaucus, NJ (US)", 40.789, -74.056, "north_america"),
    Region("fra", "Frankfurt, Germany", 50.116, 8.684, "europe"),
    Region("gru", "Sao Paulo, Brazil", -23.549, -46.633, "south_america"),
    Region("iad", "Ashburn, Virginia (US)", 39.022, -77.46, "north_america"),
    Region("jnb", "Johannesburg, South Africa", -26.134, 28.242, "africa"),
    Region("lax", "Los Angeles, California (US)", 33.942, -118.411, "north_america"),
    Region("lhr", "London, United Kingdom", 51.516, -0.177, "europe"),
    Region("nrt", "Tokyo, Japan", 35.622, 139.775, "asia_pacific"),
    Region("ord", "Chicago, Illinois (US)", 41.892, -87.628, "north_america"),
    Region("sin", "Singapore, Singapore", 1.3, 103.8, "asia_pacific"),
    Region("sjc", "San Jose, California (US)", 37.354, -121.96, "north_america"),
    Region("syd", "Sydney, Australia", -33.866, 151.199, "asia_pacific"),
    Region("yyz", "Toronto, Canada", 43.644, -79.384, "north_america"),
)


CAPACITY = 1000
"""How many machines a region takes, as it tells of itself."""

NEAREST = "ams"
"""The one that is used where none is named."""


def chosen(code: str) -> str:
    """
    Return the region that is meant by *code*: the nearest one if it is empty.

    Raises:
        Invalid: There is none.
    """
    if code and code not in {region.code for region in REGIONS}:
        raise Invalid(f"Region {code} is not a region of the local Fly")
    return code or NEAREST
