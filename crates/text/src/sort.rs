//! Sorting by numbers, with one copy of the machine code for all types: the page downloads it.

/// Sorts by a number; what is equal keeps its order.
pub fn sort_by_number<T>(items: &mut [T], number: impl Fn(&T) -> u128) {
    let mut order: Vec<(u128, u32)> = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        order.push((number(item), index as u32));
    }
    order.sort_unstable();
    // Each cycle of the permutation is turned by swaps.
    for start in 0..items.len() {
        let mut at = start;
        loop {
            let from = order[at].1 as usize;
            order[at].1 = at as u32;
            if from == start {
                break;
            }
            items.swap(at, from);
            at = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_stable_sort_of_the_standard_library() {
        let mut state = 1_u32;
        for len in 0..50 {
            let mut items: Vec<(u32, usize)> = Vec::new();
            for index in 0..len {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                items.push((state >> 28, index));
            }
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            sort_by_number(&mut items, |item| u128::from(item.0));
            assert_eq!(items, expected);
        }
    }
}
