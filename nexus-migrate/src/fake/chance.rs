//! Chance that can be had again: the same question gets the same answer.
//!
//! SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014), begun from a hash of what the
//! chance is about.

/// A stream of numbers.
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    /// The chance about these words and numbers.
    pub(super) fn of(words: &[&str], numbers: &[u64]) -> Self {
        // FNV-1a, with a byte between that no text has.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut take = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        for word in words {
            word.bytes().for_each(&mut take);
            take(0xff);
        }
        numbers.iter().flat_map(|number| number.to_le_bytes()).for_each(take);
        Self(hash)
    }

    /// The next number.
    pub(super) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 where there is none.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        let number = self.number();
        if end == 0 { 0 } else { number % end }
    }

    /// A number from `least` to `most`.
    pub(super) fn between(&mut self, least: i64, most: i64) -> i64 {
        let span = most.abs_diff(least).saturating_add(1);
        least.saturating_add_unsigned(self.below(span))
    }

    /// One of some; `None` where there is none.
    pub(super) fn of_list<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(usize::try_from(self.below(items.len() as u64)).unwrap_or_default())
    }

    /// One of some words.
    pub(super) fn word(&mut self, words: &[&'static str]) -> &'static str {
        self.of_list(words).copied().unwrap_or_default()
    }

    /// Whether the one case of so many is there.
    pub(super) fn one_in(&mut self, cases: u64) -> bool {
        self.below(cases) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_question_has_the_same_answer() {
        let ask = |word: &str, n| Chance::of(&["users", word], &[n]).number();
        assert_eq!(ask("email", 1), ask("email", 1));
        assert_ne!(ask("email", 1), ask("email", 2));
        assert_ne!(Chance::of(&["a", "bc"], &[]).number(), Chance::of(&["ab", "c"], &[]).number());
    }

    #[test]
    fn numbers_stay_within_their_bounds() {
        let mut chance = Chance::of(&[], &[7]);
        for _ in 0..1_000 {
            assert!((-3..=4).contains(&chance.between(-3, 4)));
            assert!(chance.below(5) < 5);
        }
        assert_eq!(chance.below(0), 0);
    }
}
