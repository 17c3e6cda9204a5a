<?xml version="1.0" encoding="utf-8" ?>
<ogr:FeatureCollection
     gml:id="aFeatureCollection"
     xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
     xsi:schemaLocation="http://ogr.maptools.org/ o.xsd"
     xmlns:ogr="http://ogr.maptools.org/"
     xmlns:gml="http://www.opengis.net/gml/3.2">
  <gml:boundedBy><gml:Envelope srsName="urn:ogc:def:crs:EPSG::4326"><gml:lowerCorner>42.3 69.6</gml:lowerCorner><gml:upperCorner>43.9 71.5</gml:upperCorner></gml:Envelope></gml:boundedBy>
                                                                                                                                                                  
  <ogr:featureMember>
    <ogr:n gml:id="n.0">
      <gml:boundedBy><gml:Envelope srsName="urn:ogc:def:crs:EPSG::4326"><gml:lowerCorner>42.3 69.6</gml:lowerCorner><gml:upperCorner>42.3 69.6</gml:upperCorner></gml:Envelope></gml:boundedBy>
      <ogr:geometryProperty><gml:Point srsName="urn:ogc:def:crs:EPSG::4326" gml:id="n.geom.0"><gml:pos>42.3 69.6</gml:pos></gml:Point></ogr:geometryProperty>
      <ogr:table>places</ogr:table>
      <ogr:place_id>алматы</ogr:place_id>
      <ogr:name>Алматы</ogr:name>
      <ogr:country>KZ</ogr:country>
      <ogr:kind>junction</ogr:kind>
      <ogr:lon>69.6</ogr:lon>
      <ogr:lat>42.3</ogr:lat>
      <ogr:timezone>Asia/Almaty</ogr:timezone>
      <ogr:source_id>own_network</ogr:source_id>
      <ogr:as_of>2026-07-01</ogr:as_of>
      <ogr:quality>estimate</ogr:quality>
    </ogr:n>
  </ogr:featureMember>
  <ogr:featureMember>
    <ogr:n gml:id="n.1">
      <gml:boundedBy><gml:Envelope srsName="urn:ogc:def:crs:EPSG::4326"><gml:lowerCorner>43.6 70.9</gml:lowerCorner><gml:upperCorner>43.6 70.9</gml:upperCorner></gml:Envelope></gml:boundedBy>
      <ogr:geometryProperty><gml:Point srsName="urn:ogc:def:crs:EPSG::4326" gml:id="n.geom.1"><gml:pos>43.6 70.9</gml:pos></gml:Point></ogr:geometryProperty>
      <ogr:table>places</ogr:table>
      <ogr:place_id>کراچی</ogr:place_id>
      <ogr:name>x</ogr:name>
      <ogr:country>KZ</ogr:country>
      <ogr:kind>junction</ogr:kind>
      <ogr:lon>70.9</ogr:lon>
      <ogr:lat>43.6</ogr:lat>
      <ogr:timezone>Asia/Almaty</ogr:timezone>
      <ogr:source_id>own_network</ogr:source_id>
      <ogr:as_of>2026-07-01</ogr:as_of>
      <ogr:quality>estimate</ogr:quality>
    </ogr:n>
  </ogr:featureMember>
  <ogr:featureMember>
    <ogr:n gml:id="n.2">
      <gml:boundedBy><gml:Envelope srsName="urn:ogc:def:crs:EPSG::4326"><gml:lowerCorner>43.9 71.5</gml:lowerCorner><gml:upperCorner>43.9 71.5</gml:upperCorner></gml:Envelope></gml:boundedBy>
      <ogr:geometryProperty><gml:Point srsName="urn:ogc:def:crs:EPSG::4326" gml:id="n.geom.2"><gml:pos>43.9 71.5</gml:pos></gml:Point></ogr:geometryProperty>
      <ogr:table>places</ogr:table>
      <ogr:place_id>c</ogr:place_id>
      <ogr:name>Ц;,</ogr:name>
      <ogr:country>KZ</ogr:country>
      <ogr:kind>junction</ogr:kind>
      <ogr:lon>71.5</ogr:lon>
      <ogr:lat>43.9</ogr:lat>
      <ogr:timezone>Asia/Almaty</ogr:timezone>
      <ogr:source_id>own_network</ogr:source_id>
      <ogr:as_of>2026-07-01</ogr:as_of>
      <ogr:quality>estimate</ogr:quality>
    </ogr:n>
  </ogr:featureMember>
  <ogr:featureMember>
    <ogr:n gml:id="n.3">
      <gml:boundedBy><gml:Envelope srsName="urn:ogc:def:crs:EPSG::4326"><gml:lowerCorner>42.3 69.6</gml:lowerCorner><gml:upperCorner>43.6 70.9</gml:upperCorner></gml:Envelope></gml:boundedBy>
      <ogr:geometryProperty><gml:LineString srsName="urn:ogc:def:crs:EPSG::4326" gml:id="n.geom.3"><gml:posList>42.3 69.6 43.6 70.9</gml:posList></gml:LineString></ogr:geometryProperty>
      <ogr:table>legs</ogr:table>
      <ogr:leg_id>road_алматы_کراچی</ogr:leg_id>
      <ogr:from_place>алматы</ogr:from_place>
      <ogr:to_place>کراچی</ogr:to_place>
      <ogr:country>KZ</ogr:country>
      <ogr:mode>road</ogr:mode>
      <ogr:km>215</ogr:km>
      <ogr:great_circle_km>179.192298952217</ogr:great_circle_km>
      <ogr:status>operating</ogr:status>
      <ogr:geometry_quality>straight</ogr:geometry_quality>
      <ogr:source_id>own_network</ogr:source_id>
      <ogr:as_of>2026-07-01</ogr:as_of>
      <ogr:quality>estimate</ogr:quality>
    </ogr:n>
  </ogr:featureMember>
  <ogr:featureMember>
    <ogr:n gml:id="n.4">
      <gml:boundedBy><gml:Envelope srsName="urn:ogc:def:crs:EPSG::4326"><gml:lowerCorner>43.6 70.9</gml:lowerCorner><gml:upperCorner>43.9 71.5</gml:upperCorner></gml:Envelope></gml:boundedBy>
      <ogr:geometryProperty><gml:LineString srsName="urn:ogc:def:crs:EPSG::4326" gml:id="n.geom.4"><gml:posList>43.9 71.5 43.6 70.9</gml:posList></gml:LineString></ogr:geometryProperty>
      <ogr:table>legs</ogr:table>
      <ogr:leg_id>rail_c_کراچی</ogr:leg_id>
      <ogr:from_place>c</ogr:from_place>
      <ogr:to_place>کراچی</ogr:to_place>
      <ogr:country>KZ</ogr:country>
      <ogr:mode>rail</ogr:mode>
      <ogr:gauge_mm>1520</ogr:gauge_mm>
      <ogr:km>80.5</ogr:km>
      <ogr:great_circle_km>58.7055606843074</ogr:great_circle_km>
      <ogr:status>operating</ogr:status>
      <ogr:geometry_quality>straight</ogr:geometry_quality>
      <ogr:source_id>own_network</ogr:source_id>
      <ogr:as_of>2026-07-01</ogr:as_of>
      <ogr:quality>estimate</ogr:quality>
    </ogr:n>
  </ogr:featureMember>
</ogr:FeatureCollection>
