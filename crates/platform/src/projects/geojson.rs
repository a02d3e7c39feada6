use serde_json::Value;

/// What the manifest says about a GeoJSON file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measured {
    pub(super) features: u32,
    /// `[west, south, east, north]`; none when there is no coordinate.
    pub(super) area: Option<[f64; 4]>,
}

/// The file is no GeoJSON feature collection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GeoJsonError {
    /// It is no JSON.
    #[error("it is no JSON (line {line}, column {column})")]
    NotJson {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// It is another kind of JSON.
    #[error("it is no GeoJSON FeatureCollection")]
    NotCollection,
    /// One feature is not as RFC 7946 says.
    #[error("feature {0} (from 0) has no proper geometry")]
    Feature(usize),
    /// A coordinate lies outside the world.
    #[error("feature {0} (from 0) has a coordinate outside of WGS 84 degrees")]
    Outside(usize),
}

/// Reads a file as JSON; what is in it is for [`measure`] to say.
pub(super) fn read(bytes: &[u8]) -> Result<Value, GeoJsonError> {
    serde_json::from_slice(bytes)
        .map_err(|error| GeoJsonError::NotJson { line: error.line(), column: error.column() })
}

/// Counts features and finds the area of a GeoJSON file (RFC 7946).
pub(super) fn measure(value: &Value) -> Result<Measured, GeoJsonError> {
    if value["type"] != "FeatureCollection" {
        return Err(GeoJsonError::NotCollection);
    }
    let features = value["features"].as_array().ok_or(GeoJsonError::NotCollection)?;
    let mut area = Area::default();
    for (number, feature) in features.iter().enumerate() {
        if feature["type"] != "Feature" {
            return Err(GeoJsonError::Feature(number));
        }
        match &feature["geometry"] {
            // A feature without a place is allowed (section 3.2).
            Value::Null if feature.get("geometry").is_some() => {}
            geometry => area.geometry(geometry).map_err(|wrong| match wrong {
                Wrong::Shape => GeoJsonError::Feature(number),
                Wrong::Outside => GeoJsonError::Outside(number),
            })?,
        }
    }
    let count = u32::try_from(features.len()).map_err(|_| GeoJsonError::NotCollection)?;
    Ok(Measured { features: count, area: area.0 })
}

/// The smallest area that holds both.
pub(super) fn around(one: Option<[f64; 4]>, other: Option<[f64; 4]>) -> Option<[f64; 4]> {
    match (one, other) {
        (Some(a), Some(b)) => Some([a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]),
        (one, other) => one.or(other),
    }
}

enum Wrong {
    Shape,
    Outside,
}

#[derive(Default)]
struct Area(Option<[f64; 4]>);

impl Area {
    fn geometry(&mut self, geometry: &Value) -> Result<(), Wrong> {
        let depth = match geometry["type"].as_str() {
            Some("Point") => 0,
            Some("LineString" | "MultiPoint") => 1,
            Some("Polygon" | "MultiLineString") => 2,
            Some("MultiPolygon") => 3,
            Some("GeometryCollection") => {
                let inner = geometry["geometries"].as_array().ok_or(Wrong::Shape)?;
                return inner.iter().try_for_each(|geometry| self.geometry(geometry));
            }
            _ => return Err(Wrong::Shape),
        };
        self.coordinates(&geometry["coordinates"], depth)
    }

    fn coordinates(&mut self, value: &Value, depth: u8) -> Result<(), Wrong> {
        let items = value.as_array().ok_or(Wrong::Shape)?;
        if depth > 0 {
            return items.iter().try_for_each(|item| self.coordinates(item, depth - 1));
        }
        let (Some(east), Some(north)) =
            (items.first().and_then(Value::as_f64), items.get(1).and_then(Value::as_f64))
        else {
            return Err(Wrong::Shape);
        };
        if !(-180.0..=180.0).contains(&east) || !(-90.0..=90.0).contains(&north) {
            return Err(Wrong::Outside);
        }
        self.0 = around(self.0, Some([east, north, east, north]));
        Ok(())
    }
}

#[cfg(fuzzing)]
pub(super) fn fuzz(bytes: &[u8]) {
    use polder_wire::project::Theme;

    let Ok(collection) = read(bytes) else { return };
    let Ok(Measured { features, area: Some(area) }) = measure(&collection) else { return };
    let [west, south, east, north] = area;
    assert!(features > 0);
    assert!(-180.0 <= west && west <= east && east <= 180.0, "{area:?}");
    assert!(-90.0 <= south && south <= north && north <= 90.0, "{area:?}");
    for theme in [Theme::Buildings, Theme::Streets, Theme::Landuse, Theme::Transit, Theme::Plain] {
        super::sketch::fuzz(&super::sketch::draw(&super::sketch::gather(theme, &collection), area));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(bytes: &[u8]) -> Result<Measured, GeoJsonError> {
        super::measure(&read(bytes)?)
    }

    fn collection(geometry: &str) -> Vec<u8> {
        format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{}},"geometry":{geometry}}}]}}"#
        )
        .into_bytes()
    }

    #[test]
    fn the_area_holds_every_coordinate_of_every_kind_of_geometry() {
        for (geometry, area) in [
            (r#"{"type":"Point","coordinates":[24.9,60.1]}"#, [24.9, 60.1, 24.9, 60.1]),
            (r#"{"type":"LineString","coordinates":[[1,2],[3,-4,99]]}"#, [1.0, -4.0, 3.0, 2.0]),
            (r#"{"type":"Polygon","coordinates":[[[0,0],[5,0],[5,6],[0,0]]]}"#, [0.0, 0.0, 5.0, 6.0]),
            (r#"{"type":"MultiPolygon","coordinates":[[[[0,0],[1,1]]],[[[7,8]]]]}"#, [0.0, 0.0, 7.0, 8.0]),
            (
                r#"{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,1]},{"type":"Point","coordinates":[2,3]}]}"#,
                [1.0, 1.0, 2.0, 3.0],
            ),
        ] {
            let measured = measure(&collection(geometry)).unwrap();
            assert_eq!(measured, Measured { features: 1, area: Some(area) }, "{geometry}");
        }
        assert_eq!(measure(&collection("null")).unwrap(), Measured { features: 1, area: None });
    }

    #[test]
    fn what_is_no_geojson_is_refused_with_the_feature_s_number() {
        assert_eq!(measure(b"{\n\"a\""), Err(GeoJsonError::NotJson { line: 2, column: 3 }));
        assert_eq!(measure(b"{}"), Err(GeoJsonError::NotCollection));
        for wrong in ["{}", "1", r#"{"type":"Point"}"#, r#"{"type":"Point","coordinates":["x",1]}"#] {
            assert_eq!(measure(&collection(wrong)), Err(GeoJsonError::Feature(0)), "{wrong}");
        }
        let outside = r#"{"type":"Point","coordinates":[300,1]}"#;
        assert_eq!(measure(&collection(outside)), Err(GeoJsonError::Outside(0)));
    }
}
