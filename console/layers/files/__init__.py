"""Layers from and to files: GeoPackage, GeoJSON, Shapefile, CSV and XLSX. Bad content is reported, never raised."""
