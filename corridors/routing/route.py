"""One route of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from corridors.routing.figures import rounded, whole

if TYPE_CHECKING:
    import folium
    import geopandas as gpd
    from matplotlib.axes import Axes

    from corridors.routing.routes import Routes


class Route:
    """One way to go; a member of `Routes`."""

    def __init__(self, routes: Routes, number: int) -> None:
        self._routes, self._number = routes, number

    @property
    def name(self) -> str:
        """What sets it apart, for example ``"KZ-KG-CN-PK, by Torugart and Khunjerab"``."""
        return str(self.table["name"].iloc[0])

    @property
    def table(self) -> pd.DataFrame:
        """Its row of ``Routes.table``."""
        return self._routes.table.iloc[[self._number]]

    @property
    def details(self) -> pd.DataFrame:
        """Its row of ``Routes.details``."""
        return self._routes.details.iloc[[self._number]]

    @property
    def legs(self) -> gpd.GeoDataFrame:
        """Its rows of ``Routes.legs``."""
        legs = self._routes.every_leg
        first, end = legs["route"].searchsorted([self._number, self._number + 1])
        return legs.iloc[first:end].reset_index(drop=True)

    def explore(self, m: folium.Map | None = None, **options: Any) -> folium.Map:
        """Interactive map of this route alone.

        Parameters
        ----------
        m, **options
            As in `corridors.maps.interactive.explore_routes`.

        Returns
        -------
        folium.Map
        """
        return self._routes[self._number : self._number + 1].explore(m, **options)

    def plot(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Still map of this route alone.

        Parameters
        ----------
        ax, **options
            As in `corridors.maps.stills.plot_routes`.

        Returns
        -------
        Axes

        Raises
        ------
        MissingExtra
            If matplotlib is not installed (extra ``charts``).
        """
        return self._routes[self._number : self._number + 1].plot(ax, **options)

    def tcd(self, what: str = "both", **options: Any) -> Any:
        """Time- and cost-distance diagram of this route alone.

        Parameters
        ----------
        what, **options
            As in `corridors.maps.charts.tcd`.

        Returns
        -------
        numpy.ndarray of Axes

        Raises
        ------
        MissingExtra
            If matplotlib is not installed (extra ``charts``).
        """
        return self._routes[self._number : self._number + 1].tcd(what, **options)

    def _repr_html_(self) -> str:
        return self._routes[self._number : self._number + 1]._repr_html_()

    def __repr__(self) -> str:
        row = self.table.iloc[0]
        return (
            f"<Route {row['name']}: {row['km']:,.0f} km, {rounded(row['days'])} days "
            f"({whole(row['days_p10'])} to {whole(row['days_p90'])}), US$ {rounded(row['usd'])}>"
        )
