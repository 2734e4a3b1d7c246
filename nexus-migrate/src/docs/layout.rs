//! Where boxes and lines of a diagram go: `dagre` lays out what hangs together, and the parts are set side by side.

use std::collections::BTreeMap;

use dagre::graph::{Graph, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, RankDir};

/// A box to place: its width and height.
pub(super) type Size = (f64, f64);

/// A point: how far right, how far down.
pub(super) type Point = (f64, f64);

/// A line from one box to another, by their numbers.
pub(super) type Line = (usize, usize);

/// Where everything is.
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    /// The left upper corner of each box.
    pub(super) boxes: Vec<Point>,
    /// The corners of each line, from its first box to its second.
    pub(super) lines: Vec<Vec<Point>>,
}

/// The space around the whole, and between parts of it.
const MARGIN: f64 = 24.0;
/// How far from the corners of a box lines keep.
const ROUND: f64 = 16.0;
/// How much wider than high the whole should be.
const SHAPE: f64 = 1.5;

/// Places boxes so that lines run from left to right as far as they can. The same boxes and lines come out at the same
/// places.
pub(super) fn lay_out(boxes: &[Size], lines: &[Line]) -> Layout {
    let mut parts: Vec<Layout> = Vec::new();
    let mut members: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
    for (nodes, edges) in components(boxes.len(), lines) {
        parts.push(part(&nodes, &edges, boxes, lines));
        members.push((nodes, edges));
    }
    let mut whole = Layout {
        width: 0.0,
        height: 0.0,
        boxes: vec![(0.0, 0.0); boxes.len()],
        lines: vec![Vec::new(); lines.len()],
    };
    for ((part, (nodes, edges)), (x, y)) in parts.iter().zip(&members).zip(shelves(&parts)) {
        let moved = |(px, py): &Point| (px + x, py + y);
        for (node, at) in nodes.iter().zip(&part.boxes) {
            whole.boxes[*node] = moved(at);
        }
        for (edge, points) in edges.iter().zip(&part.lines) {
            whole.lines[*edge] = points.iter().map(moved).collect();
        }
        whole.width = whole.width.max(x + part.width + MARGIN);
        whole.height = whole.height.max(y + part.height + MARGIN);
    }
    whole
}

/// The boxes that hang together, with the lines among them; large ones first.
fn components(boxes: usize, lines: &[Line]) -> Vec<(Vec<usize>, Vec<usize>)> {
    let mut root: Vec<usize> = (0..boxes).collect();
    let find = |root: &[usize], mut at: usize| {
        while root[at] != at {
            at = root[at];
        }
        at
    };
    for (from, to) in lines {
        let (a, b) = (find(&root, *from), find(&root, *to));
        root[a.max(b)] = a.min(b);
    }
    let mut parts: BTreeMap<usize, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for at in 0..boxes {
        parts.entry(find(&root, at)).or_default().0.push(at);
    }
    for (n, (from, _)) in lines.iter().enumerate() {
        parts.entry(find(&root, *from)).or_default().1.push(n);
    }
    let mut parts: Vec<_> = parts.into_values().collect();
    parts.sort_by_key(|(nodes, _)| std::cmp::Reverse(nodes.len()));
    parts
}

fn part(nodes: &[usize], edges: &[usize], boxes: &[Size], lines: &[Line]) -> Layout {
    let mut graph: Graph<NodeLabel, EdgeLabel> =
        Graph::with_options(GraphOptions { directed: true, multigraph: true, compound: true });
    for node in nodes {
        let (width, height) = boxes[*node];
        graph.set_node(node.to_string(), Some(NodeLabel { width, height, ..NodeLabel::default() }));
    }
    for edge in edges {
        let (from, to) = lines[*edge];
        let name = edge.to_string();
        graph.set_edge(from.to_string(), to.to_string(), Some(EdgeLabel::default()), Some(&name));
    }
    let options = LayoutOptions {
        rankdir: RankDir::LR,
        nodesep: 24.0,
        edgesep: 12.0,
        ranksep: 72.0,
        ..LayoutOptions::default()
    };
    dagre::layout(&mut graph, Some(options));
    let corner = |node: &usize| {
        let (width, height) = boxes[*node];
        let label = graph.node(&node.to_string());
        let centre = label.and_then(|label| label.x.zip(label.y)).unwrap_or_default();
        (centre.0 - width / 2.0, centre.1 - height / 2.0)
    };
    let path = |edge: &usize| {
        let (from, to) = lines[*edge];
        let label = graph.edge(&from.to_string(), &to.to_string(), Some(&edge.to_string()));
        let points = label.map(|label| label.points.iter().map(|p| (p.x, p.y)).collect()).unwrap_or_default();
        from_side_to_side(points, (corner(&from), boxes[from]), (corner(&to), boxes[to]))
    };
    framed(nodes.iter().map(corner).collect(), edges.iter().map(path).collect(), nodes, boxes)
}

/// A line that runs to the right leaves its first box at the right side and meets its second one at the left.
fn from_side_to_side(mut points: Vec<Point>, from: (Point, Size), to: (Point, Size)) -> Vec<Point> {
    let ((from_x, from_y), (from_width, from_height)) = from;
    let ((to_x, to_y), (_, to_height)) = to;
    let level = |y: f64, top: f64, height: f64| {
        y.clamp(top + height.min(ROUND) / 2.0, top + height - height.min(ROUND) / 2.0)
    };
    if from_x + from_width < to_x
        && let [first, inner @ .., last] = points.as_mut_slice()
    {
        let near = |point: Option<&Point>, other: f64| point.map_or(other, |point| point.1);
        *first = (from_x + from_width, level(near(inner.first(), last.1), from_y, from_height));
        *last = (to_x, level(near(inner.last(), first.1), to_y, to_height));
    }
    points
}

/// The part with its own left upper corner at nought.
fn framed(mut corners: Vec<Point>, mut paths: Vec<Vec<Point>>, nodes: &[usize], boxes: &[Size]) -> Layout {
    let ends = corners.iter().zip(nodes).map(|((x, y), node)| (x + boxes[*node].0, y + boxes[*node].1));
    let all: Vec<Point> =
        corners.iter().copied().chain(ends).chain(paths.iter().flatten().copied()).collect();
    let least = |of: fn(&Point) -> f64| all.iter().map(of).fold(f64::INFINITY, f64::min);
    let most = |of: fn(&Point) -> f64| all.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
    let (left, top) = (least(|p| p.0), least(|p| p.1));
    let (width, height) = (most(|p| p.0) - left, most(|p| p.1) - top);
    for (x, y) in corners.iter_mut().chain(paths.iter_mut().flatten()) {
        *x -= left;
        *y -= top;
    }
    Layout { width, height, boxes: corners, lines: paths }
}

/// Where each part goes: below the one before it while the row is high enough, else beside it, else in the next row.
fn shelves(parts: &[Layout]) -> Vec<Point> {
    let area: f64 = parts.iter().map(|part| (part.width + MARGIN) * (part.height + MARGIN)).sum();
    let widest = parts.iter().map(|part| part.width).fold(0.0, f64::max);
    let right = MARGIN + widest.max((area * SHAPE).sqrt());
    // The row's top and bottom, and the column in it: its left side, its width, and where it is free.
    let (mut top, mut bottom) = (MARGIN, MARGIN);
    let (mut x, mut width, mut y) = (MARGIN, 0.0_f64, MARGIN);
    let mut places = Vec::with_capacity(parts.len());
    for part in parts {
        if y > top && y + part.height <= bottom && part.width <= width {
            // It fits below.
        } else if y == top || x + width + MARGIN + part.width <= right {
            x += if y == top { 0.0 } else { width + MARGIN };
            (width, y) = (part.width, top);
        } else {
            top = bottom + MARGIN;
            (x, width, y) = (MARGIN, part.width, top);
        }
        places.push((x, y));
        y += part.height + MARGIN;
        bottom = bottom.max(y - MARGIN);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::{Layout, lay_out};

    fn overlap(layout: &Layout, boxes: &[(f64, f64)]) -> bool {
        let rect = |n: usize| (layout.boxes[n].0, layout.boxes[n].1, boxes[n].0, boxes[n].1);
        (0..boxes.len()).any(|a| {
            (a + 1..boxes.len()).any(|b| {
                let ((ax, ay, aw, ah), (bx, by, bw, bh)) = (rect(a), rect(b));
                ax < bx + bw && bx < ax + aw && ay < by + bh && by < ay + ah
            })
        })
    }

    #[test]
    fn boxes_lie_apart_and_inside_and_every_line_is_drawn() {
        let boxes: Vec<_> =
            (0..60).map(|n| (80.0 + f64::from(n % 7) * 10.0, 40.0 + f64::from(n % 5) * 30.0)).collect();
        // A ring of ten, a star, one that names itself, twins, and many that stand alone.
        let ring = (0..10).map(|n| (n, (n + 1) % 10));
        let star = (11..20).map(|n| (10, n));
        let lines: Vec<_> = ring.chain(star).chain([(21, 21), (22, 23), (22, 23), (23, 22)]).collect();
        let layout = lay_out(&boxes, &lines);
        assert!(!overlap(&layout, &boxes));
        assert!(layout.lines.iter().all(|points| points.len() >= 2));
        for ((x, y), (w, h)) in layout.boxes.iter().zip(&boxes) {
            assert!(*x >= 0.0 && *y >= 0.0 && x + w <= layout.width && y + h <= layout.height);
        }
        let again = lay_out(&boxes, &lines);
        assert_eq!(layout.boxes, again.boxes);
        assert_eq!(layout.lines, again.lines);
    }

    #[test]
    fn nothing_has_a_layout_too() {
        let layout = lay_out(&[], &[]);
        assert!(layout.width >= 0.0 && layout.boxes.is_empty());
    }
}
