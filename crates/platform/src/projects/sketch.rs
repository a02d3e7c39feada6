//! A small drawing of a project's area, for lists: made once when a version is saved, out of its own layers.
//!
//! It shows what can be told apart at the size of a card, a few dozen kilobytes at most however large the layers
//! are, and says of each line which class of its theme it is; the colours are the client's.

use polder_wire::project::{Sketch, SketchPart, SketchShape, Theme};
use serde_json::Value;

const WIDTH: u16 = 640;
const HEIGHT: u16 = 400;
/// Numbers in all paths together; four characters each, more or less.
const MOST_NUMBERS: usize = 12_000;

/// One class of one layer, still in degrees.
#[derive(Debug)]
pub(super) struct Rough {
    theme: Theme,
    class: &'static str,
    shape: SketchShape,
    paths: Vec<Vec<[f64; 2]>>,
}

/// Takes out of a layer what a sketch may show. The layer has been measured, so its geometries are proper; what is
/// not is left out.
pub(super) fn gather(theme: Theme, collection: &Value) -> Vec<Rough> {
    let mut found: Vec<Rough> = Vec::new();
    let features = collection["features"].as_array().map(Vec::as_slice).unwrap_or_default();
    for feature in features {
        let Some(class) = class(theme, &feature["properties"]) else { continue };
        geometry(&feature["geometry"], &mut |shape, path| {
            let same = |rough: &&mut Rough| rough.class == class && rough.shape == shape;
            match found.iter_mut().find(same) {
                Some(rough) => rough.paths.push(path),
                None => found.push(Rough { theme, class, shape, paths: vec![path] }),
            }
        });
    }
    // Large streets lie over small ones, whatever their order in the file.
    found.sort_by_key(|rough| height(rough.class));
    found
}

/// Draws the middle of the area, which the sketch covers wholly. Coarser, where it would grow too large.
pub(super) fn draw(rough: &[Rough], area: [f64; 4]) -> Sketch {
    let view = View::of(area);
    let mut coarse = 1;
    loop {
        let parts: Vec<_> = rough.iter().filter_map(|rough| part(rough, &view, coarse)).collect();
        let numbers: usize = parts.iter().flat_map(|part| &part.paths).map(Vec::len).sum();
        // What is still too much when nothing in sight is left, is what crosses the whole picture.
        if numbers <= MOST_NUMBERS || coarse > i32::from(WIDTH) {
            return Sketch { width: WIDTH, height: HEIGHT, parts: at_most(MOST_NUMBERS, parts) };
        }
        coarse *= 2;
    }
}

/// As many whole paths as so many numbers allow, the lowest first.
fn at_most(mut numbers: usize, mut parts: Vec<SketchPart>) -> Vec<SketchPart> {
    for part in &mut parts {
        part.paths.retain(|path| {
            let fits = path.len() <= numbers;
            numbers -= if fits { path.len() } else { 0 };
            fits
        });
    }
    parts.retain(|part| !part.paths.is_empty());
    parts
}

/// Of a version that has none.
pub(super) fn none() -> Sketch {
    Sketch { width: WIDTH, height: HEIGHT, parts: Vec::new() }
}

/// The class of its theme that the client's map gives the feature (`ui/src/lib/map/classes.ts`); `None` for what
/// would only be noise in a small picture.
fn class(theme: Theme, properties: &Value) -> Option<&'static str> {
    let text = |key: &str| properties[key].as_str().unwrap_or_default();
    match theme {
        Theme::Buildings => {
            const CIVIC: &[&str] = &[
                "church",
                "cathedral",
                "chapel",
                "museum",
                "university",
                "public",
                "train_station",
                "library",
                "place_of_worship",
                "theatre",
                "townhall",
                "courthouse",
                "school",
            ];
            let civic = CIVIC.contains(&text("building")) || CIVIC.contains(&text("amenity"));
            Some(if civic { "civic" } else { "house" })
        }
        Theme::Streets => match text("highway") {
            "primary" | "primary_link" | "motorway" | "trunk" => Some("main"),
            "secondary" | "secondary_link" => Some("through"),
            "tertiary" | "tertiary_link" | "residential" | "unclassified" | "living_street" => Some("local"),
            _ => None,
        },
        Theme::Landuse => ["landuse", "leisure", "natural"].iter().find_map(|key| match text(key) {
            "park" | "garden" => Some("park"),
            "grass" | "meadow" | "village_green" => Some("grass"),
            "scrub" | "wood" | "forest" => Some("scrub"),
            "pitch" | "playground" | "fitness_station" => Some("pitch"),
            "construction" | "brownfield" => Some("works"),
            "basin" | "reservoir" => Some("basin"),
            _ => None,
        }),
        Theme::Water => Some("water"),
        Theme::Trees => Some("tree"),
        Theme::Transit => match (text("railway"), text("public_transport")) {
            ("station", _) | (_, "station") => Some("station"),
            ("tram_stop", _) => Some("tram"),
            _ => None,
        },
        Theme::Plain => Some("plain"),
    }
}

fn height(class: &str) -> u8 {
    match class {
        "main" => 2,
        "through" => 1,
        _ => 0,
    }
}

fn geometry(value: &Value, put: &mut dyn FnMut(SketchShape, Vec<[f64; 2]>)) {
    let coordinates = &value["coordinates"];
    let each = |value: &Value| value.as_array().cloned().unwrap_or_default();
    match value["type"].as_str() {
        Some("Point") => put(SketchShape::Dot, point(coordinates).into_iter().collect()),
        Some("MultiPoint") => put(SketchShape::Dot, path(coordinates)),
        Some("LineString") => put(SketchShape::Line, path(coordinates)),
        Some("MultiLineString") => {
            each(coordinates).iter().for_each(|line| put(SketchShape::Line, path(line)));
        }
        // Holes are areas of their own: where two overlap, the client fills neither (even-odd).
        Some("Polygon") => each(coordinates).iter().for_each(|ring| put(SketchShape::Area, path(ring))),
        Some("MultiPolygon") => {
            each(coordinates).iter().flat_map(each).for_each(|ring| put(SketchShape::Area, path(&ring)));
        }
        Some("GeometryCollection") => {
            each(&value["geometries"]).iter().for_each(|inner| geometry(inner, put));
        }
        _ => {}
    }
}

fn path(value: &Value) -> Vec<[f64; 2]> {
    value.as_array().map(Vec::as_slice).unwrap_or_default().iter().filter_map(point).collect()
}

fn point(value: &Value) -> Option<[f64; 2]> {
    Some([value.get(0)?.as_f64()?, value.get(1)?.as_f64()?])
}

/// From degrees to the sketch's units, y downwards.
struct View {
    middle: [f64; 2],
    scale: [f64; 2],
}

impl View {
    fn of([west, south, east, north]: [f64; 4]) -> Self {
        let middle = [f64::midpoint(west, east), f64::midpoint(south, north)];
        // A degree of longitude is shorter, the farther from the equator.
        let narrow = middle[1].to_radians().cos().max(0.01);
        // One point has no size; it is drawn as if it had a hundred metres.
        let (width, height) = (((east - west) * narrow).max(0.001), (north - south).max(0.001));
        let scale = (f64::from(WIDTH) / width).max(f64::from(HEIGHT) / height);
        Self { middle, scale: [scale * narrow, scale] }
    }

    /// Far outside is as good as infinitely far outside.
    fn at(&self, [east, north]: [f64; 2]) -> [i32; 2] {
        let x = f64::from(WIDTH) / 2.0 + (east - self.middle[0]) * self.scale[0];
        let y = f64::from(HEIGHT) / 2.0 - (north - self.middle[1]) * self.scale[1];
        [x, y].map(|number| number.round().clamp(-9_999.0, 9_999.0) as i32)
    }
}

fn part(rough: &Rough, view: &View, coarse: i32) -> Option<SketchPart> {
    let Rough { theme, class, shape, .. } = *rough;
    let paths = match shape {
        SketchShape::Dot => {
            // One for each cell of the grid.
            let cell = coarse * 3;
            let all = rough.paths.iter().flatten().map(|&point| view.at(point)).filter(|&point| is_in(point));
            let mut dots: Vec<_> = all.collect();
            dots.sort_unstable_by_key(|&[x, y]| (y / cell, x / cell));
            dots.dedup_by_key(|&mut [x, y]| (y / cell, x / cell));
            vec![dots.into_iter().flatten().collect()]
        }
        SketchShape::Line | SketchShape::Area => {
            let drawn = rough.paths.iter().map(|path| {
                let points: Vec<_> = path.iter().map(|&point| view.at(point)).collect();
                thinned(&points, coarse, shape)
            });
            drawn.flatten().collect()
        }
    };
    let paths: Vec<Vec<i32>> = paths.into_iter().filter(|path| !path.is_empty()).collect();
    (!paths.is_empty()).then(|| SketchPart { theme, class: class.to_owned(), shape, paths })
}

fn is_in([x, y]: [i32; 2]) -> bool {
    (0..=i32::from(WIDTH)).contains(&x) && (0..=i32::from(HEIGHT)).contains(&y)
}

/// Without what is outside or too small to be seen; `None` where nothing is left.
fn thinned(points: &[[i32; 2]], coarse: i32, shape: SketchShape) -> Option<Vec<i32>> {
    let (left, right) = (points.iter().map(|p| p[0]).min()?, points.iter().map(|p| p[0]).max()?);
    let (top, bottom) = (points.iter().map(|p| p[1]).min()?, points.iter().map(|p| p[1]).max()?);
    let outside = right < 0 || left > i32::from(WIDTH) || bottom < 0 || top > i32::from(HEIGHT);
    if outside || (right - left).max(bottom - top) < coarse * 3 {
        return None;
    }
    let mut kept: Vec<[i32; 2]> = Vec::new();
    for (number, &point) in points.iter().enumerate() {
        let far = kept
            .last()
            .is_none_or(|last| (point[0] - last[0]).abs().max((point[1] - last[1]).abs()) > coarse);
        // Between two others on the same side outside, a point changes nothing that is seen.
        let lost = number > 0
            && number + 1 < points.len()
            && side(points[number - 1]) & side(point) & side(points[number + 1]) != 0;
        let end = number + 1 == points.len() && shape == SketchShape::Line;
        if (far && !lost) || end && kept.last() != Some(&point) {
            kept.push(point);
        }
    }
    if shape == SketchShape::Area && kept.first() == kept.last() {
        kept.pop();
    }
    let least = if shape == SketchShape::Area { 3 } else { 2 };
    (kept.len() >= least).then(|| kept.into_iter().flatten().collect())
}

/// A bit for each side on which the point is outside.
fn side([x, y]: [i32; 2]) -> u8 {
    u8::from(x < 0)
        | u8::from(x > i32::from(WIDTH)) << 1
        | u8::from(y < 0) << 2
        | u8::from(y > i32::from(HEIGHT)) << 3
}

#[cfg(fuzzing)]
pub(super) fn fuzz(sketch: &Sketch) {
    let paths = || sketch.parts.iter().flat_map(|part| &part.paths);
    assert!(paths().all(|path| !path.is_empty() && path.len() % 2 == 0));
    assert!(paths().flatten().all(|number| number.abs() <= 9_999));
    assert!(paths().map(Vec::len).sum::<usize>() <= MOST_NUMBERS);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn collection(properties: &Value, geometry: &Value) -> Value {
        json!({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": properties, "geometry": geometry},
        ]})
    }

    #[test]
    fn a_sketch_covers_the_middle_of_the_area_with_north_up() {
        // On the equator, twice as wide as the sketch is for its height.
        let square = json!({"type": "Polygon", "coordinates": [[[-1, -0.5], [1, -0.5], [1, 0.5], [-1, 0.5], [-1, -0.5]]]});
        let rough = gather(Theme::Water, &collection(&json!({}), &square));
        let sketch = draw(&rough, [-1.0, -0.5, 1.0, 0.5]);
        assert_eq!(sketch.parts[0].paths, [[-80, 400, 720, 400, 720, 0, -80, 0]]);
        let north =
            gather(Theme::Trees, &collection(&json!({}), &json!({"type": "Point", "coordinates": [0, 0.5]})));
        assert_eq!(draw(&north, [-1.0, -0.5, 1.0, 0.5]).parts[0].paths, [[320, 0]]);
    }

    #[test]
    fn what_cannot_be_told_apart_is_left_out() {
        let area = [0.0, 0.0, 1.0, 1.0];
        let speck = json!({"type": "Polygon", "coordinates": [[[0.5, 0.5], [0.501, 0.5], [0.501, 0.501], [0.5, 0.5]]]});
        assert!(draw(&gather(Theme::Buildings, &collection(&json!({}), &speck)), area).parts.is_empty());
        let outside = json!({"type": "LineString", "coordinates": [[0, 0.99], [1, 0.99]]});
        assert!(draw(&gather(Theme::Plain, &collection(&json!({}), &outside)), area).parts.is_empty());
        let footway = collection(
            &json!({"highway": "footway"}),
            &json!({"type": "LineString", "coordinates": [[0, 0.5], [1, 0.5]]}),
        );
        assert!(gather(Theme::Streets, &footway).is_empty());
    }

    #[test]
    fn a_layer_of_a_million_points_makes_no_larger_sketch() {
        let spots: Vec<Value> = (0..100_000_u32)
            .map(|n| json!([f64::from(n % 317) / 317.0, f64::from(n / 317) / 317.0]))
            .collect();
        let zigzag: Vec<Value> =
            (0..100_000_u32).map(|n| json!([f64::from(n) / 100_000.0, f64::from(n % 2)])).collect();
        let mut rough = gather(
            Theme::Trees,
            &collection(&json!({}), &json!({"type": "MultiPoint", "coordinates": spots})),
        );
        rough.extend(gather(
            Theme::Plain,
            &collection(&json!({}), &json!({"type": "LineString", "coordinates": zigzag})),
        ));
        let sketch = draw(&rough, [0.0, 0.0, 1.0, 1.0]);
        assert!(!sketch.parts.is_empty());
        assert!(serde_json::to_vec(&sketch).unwrap().len() < 80_000);
    }

    #[test]
    fn ten_thousand_lines_across_the_picture_make_no_larger_sketch() {
        let lines: Vec<Value> =
            (0..10_000_u32).map(|n| json!([[-90, 0.4 + f64::from(n) / 50_000.0], [90, 0.5]])).collect();
        let lines = json!({"type": "MultiLineString", "coordinates": lines});
        let sketch = draw(&gather(Theme::Plain, &collection(&json!({}), &lines)), [0.0, 0.0, 1.0, 1.0]);
        let numbers: usize = sketch.parts.iter().flat_map(|part| &part.paths).map(Vec::len).sum();
        assert!((MOST_NUMBERS - 4..=MOST_NUMBERS).contains(&numbers), "{numbers}");
    }

    #[test]
    fn every_class_is_one_of_the_maps() {
        let map = include_str!("../../../../ui/src/lib/map/classes.ts");
        let (_, listed) = map.split_once("export const CLASSES").unwrap();
        let (listed, _) = listed.split_once('}').unwrap();
        let source = include_str!("sketch.rs");
        let (_, body) = source.split_once("\nfn class(").unwrap();
        let (body, _) = body.split_once("\nfn height(").unwrap();
        let mut seen = 0;
        for (at, _) in body.match_indices("Some(\"") {
            let name = body[at + 6..].split('"').next().unwrap();
            assert!(listed.contains(&format!("\"{name}\"")), "the map knows no class {name}");
            seen += 1;
        }
        assert!(seen > 10, "{seen}");
    }

    proptest! {
        #[test]
        fn whatever_the_points_a_sketch_stays_small_and_its_paths_whole(
            points in prop::collection::vec((-180.0..180.0_f64, -90.0..90.0_f64), 0..200),
        ) {
            let line: Vec<Value> = points.iter().map(|&(x, y)| json!([x, y])).collect();
            for kind in ["LineString", "MultiPoint"] {
                let rough = gather(Theme::Plain, &collection(&json!({}), &json!({"type": kind, "coordinates": line})));
                let sketch = draw(&rough, [-10.0, -5.0, 12.0, 5.0]);
                for path in sketch.parts.iter().flat_map(|part| &part.paths) {
                    prop_assert!(path.len() >= 2 && path.len() % 2 == 0);
                }
            }
        }
    }
}
