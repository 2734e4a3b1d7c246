//! What random schemas grow from: a string of bytes for each place where something can be.
//!
//! Nothing in a place means that nothing is there; 0 is the plainest choice. So smaller genes are smaller schemas.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// The bytes of one thing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Gene(Vec<u8>);

impl Gene {
    /// Whether the thing is there at all.
    pub(crate) fn is_there(&self) -> bool {
        !self.0.is_empty()
    }

    /// The choice at a place, one of `n`.
    pub(crate) fn pick(&self, at: usize, n: usize) -> usize {
        usize::from(self.0.get(at).copied().unwrap_or_default()) % n
    }

    /// A rare choice: most bytes say 0.
    pub(crate) fn rarely(&self, at: usize, n: usize) -> usize {
        let byte = usize::from(self.0.get(at).copied().unwrap_or_default());
        if byte < 128 { 0 } else { (byte - 128) % n }
    }
}

/// The genes of a schema, by place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Genes(pub(crate) Vec<Gene>);

impl Genes {
    /// The gene of a place.
    pub(crate) fn at(&self, place: usize) -> Gene {
        self.0.get(place).cloned().unwrap_or_default()
    }
}

/// How many places there are, and how long a gene is at most.
pub(crate) const PLACES: usize = 46;
const LENGTH: usize = 44;

/// Two schemas.
pub(crate) type Pair = (Genes, Genes);

/// Makes a pair smaller for as long as it breaks a law in the same way, in at most `left` attempts.
pub(crate) fn smallest(
    mut pair: Pair,
    mut problem: String,
    mut left: u32,
    holds: &mut impl FnMut(&Pair) -> Result<(), String>,
) -> (Pair, String) {
    let way =
        |problem: &str| problem.chars().take_while(|c| *c != '"' && *c != '\n').take(40).collect::<String>();
    let mut attempt = |pair: &mut Pair, change: &dyn Fn(&mut Pair)| {
        let mut smaller = pair.clone();
        change(&mut smaller);
        if smaller == *pair || left == 0 {
            return;
        }
        left -= 1;
        if let Err(other) = holds(&smaller)
            && way(&other) == way(&problem)
        {
            (*pair, problem) = (smaller, other);
        }
    };
    for genes in [&mut pair.0, &mut pair.1] {
        genes.0.resize(PLACES, Gene::default());
    }
    for width in [8, 4, 1] {
        for place in (0..PLACES).rev().step_by(width) {
            attempt(&mut pair, &|(prev, next)| {
                for genes in [prev, next] {
                    genes
                        .0
                        .iter_mut()
                        .take(place + 1)
                        .rev()
                        .take(width)
                        .for_each(|gene| *gene = Gene::default());
                }
            });
        }
    }
    for place in 0..PLACES {
        attempt(&mut pair, &|(prev, next)| next.0[place] = prev.0[place].clone());
        attempt(&mut pair, &|(prev, next)| prev.0[place] = next.0[place].clone());
    }
    for place in 0..PLACES {
        for at in (0..LENGTH).step_by(4) {
            if !pair.0.0[place].is_there() && !pair.1.0[place].is_there() {
                break;
            }
            attempt(&mut pair, &|(prev, next)| {
                for gene in [&mut prev.0[place], &mut next.0[place]] {
                    gene.0.iter_mut().skip(at).take(4).for_each(|byte| *byte = 0);
                }
            });
        }
    }
    (pair, problem)
}

/// A walk from schema to schema: two that follow each other have much in common, and most of what changes changes in
/// one point. Now and then it comes by the empty schema, and goes on with another one.
pub(crate) struct Walk {
    runner: TestRunner,
    here: Genes,
    steps: u32,
}

/// Every so-manieth schema is the empty one.
const EMPTY: u32 = 12;

impl Walk {
    pub(crate) fn new(seed: u32) -> Self {
        let mut bytes = [7; 32];
        bytes[..4].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        Self { runner: TestRunner::new_with_rng(Config::default(), rng), here: Genes::default(), steps: 0 }
    }

    /// The next pair.
    pub(crate) fn step(&mut self) -> Pair {
        self.steps += 1;
        let prev = self.here.clone();
        if self.steps.is_multiple_of(EMPTY) {
            self.here = Genes::default();
        } else {
            let fates = vec(if prev == Genes::default() { other().boxed() } else { fate().boxed() }, PLACES);
            let fates = fates.new_tree(&mut self.runner).expect("every byte is a schema").current();
            self.here = Genes(
                fates.into_iter().enumerate().map(|(place, fate)| Gene(fate.of(prev.at(place).0))).collect(),
            );
        }
        (prev, self.here.clone())
    }
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        5 => Just(Fate::Same),
        4 => (0..LENGTH, any::<u8>()).prop_map(|(at, byte)| Fate::Point(at, byte)),
        1 => other(),
    ]
}

fn other() -> impl Strategy<Value = Fate> {
    prop_oneof![1 => Just(Vec::new()), 1 => vec(any::<u8>(), LENGTH)].prop_map(Fate::Other)
}

#[derive(Debug, Clone)]
enum Fate {
    Same,
    Point(usize, u8),
    Other(Vec<u8>),
}

impl Fate {
    fn of(self, mut gene: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Same => gene,
            Self::Point(at, byte) => {
                if let Some(place) = gene.get_mut(at) {
                    *place = byte;
                }
                gene
            }
            Self::Other(other) => other,
        }
    }
}
