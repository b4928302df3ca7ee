//! Sorting with one copy of the machine code for all types: the page downloads it. The standard library makes a copy of
//! its algorithms for each type and order.

use std::cmp::Ordering;

/// Sorts; what is equal keeps its order.
pub fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::cmp);
}

/// Sorts by a key; what is equal keeps its order.
pub fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts as two items compare; what is equal keeps its order.
pub fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let mut order = order_of(items.len(), &|a, b| compare(&items[a], &items[b]));
    arrange(&mut order, &mut |a, b| items.swap(a, b));
}

/// Sorts by a number, which is faster than to compare; what is equal keeps its order.
pub fn sort_by_number<T>(items: &mut [T], number: impl Fn(&T) -> u128) {
    if items.len() < 2 {
        return;
    }
    let mut numbers: Vec<(u128, u32)> = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        numbers.push((number(item), index as u32));
    }
    numbers.sort_unstable();
    let mut order: Vec<u32> = numbers.into_iter().map(|(_, index)| index).collect();
    arrange(&mut order, &mut |a, b| items.swap(a, b));
}

/// Where the items of the sorted list come from.
#[inline(never)]
fn order_of(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<u32> {
    let mut order: Vec<u32> = (0..len as u32).collect();
    order.sort_by(|&a, &b| compare(a as usize, b as usize));
    order
}

/// Brings items into an order: each cycle of the permutation is turned by swaps.
#[inline(never)]
fn arrange(order: &mut [u32], swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..order.len() {
        let mut at = start;
        loop {
            let from = order[at] as usize;
            order[at] = at as u32;
            if from == start {
                break;
            }
            swap(at, from);
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
            let mut by_key = items.clone();
            expected.sort_by_key(|item| item.0);
            sort_by_number(&mut items, |item| u128::from(item.0));
            assert_eq!(items, expected);
            sort_by(&mut by_key, |a, b| a.0.cmp(&b.0));
            assert_eq!(by_key, expected);
        }
    }
}
