//! Where a text ends that nobody wants: at the first quote that no backslash escapes.
//!
//! Most of a body is such texts, and most of those are JSON within JSON, with a backslash every few
//! bytes. So 64 bytes are looked at at once: its quotes and backslashes as bits, and by one addition
//! over the runs of backslashes which bytes are escaped (as simdjson does).
use wide::u8x16;

const BLOCK_BYTES: usize = 64;
/// Every second bit, from the lowest on.
const EVEN: u64 = 0x5555_5555_5555_5555;

/// Looks for the quote that ends the text; its place. `is_escaped` says whether the first byte is
/// escaped, and afterwards whether the one behind the last is.
pub(crate) fn end_of_text(bytes: &[u8], is_escaped: &mut bool) -> Option<usize> {
    let (blocks, rest) = bytes.as_chunks::<BLOCK_BYTES>();
    let mut carried = u64::from(*is_escaped);
    *is_escaped = false;
    let mut place = 0;
    for block in blocks {
        let (ends, _) = look_at(block, &mut carried);
        if ends != 0 {
            return Some(place + ends.trailing_zeros() as usize);
        }
        place += BLOCK_BYTES;
    }
    let mut block = [0; BLOCK_BYTES];
    for (byte, of_rest) in block.iter_mut().zip(rest) {
        *byte = *of_rest;
    }
    let (ends, escaped) = look_at(&block, &mut carried);
    if ends != 0 {
        return Some(place + ends.trailing_zeros() as usize);
    }
    *is_escaped = escaped >> rest.len() & 1 == 1;
    None
}

/// The quotes of a block that end the text, and which of its bytes are escaped, as bits. `carried` is
/// whether its first byte is, and afterwards whether the next block's is.
fn look_at(block: &[u8; BLOCK_BYTES], carried: &mut u64) -> (u64, u64) {
    let escaped = escaped(places_of(b'\\', block), carried);
    (places_of(b'"', block) & !escaped, escaped)
}

/// Where a byte stands in a block, as bits.
fn places_of(byte: u8, block: &[u8; BLOCK_BYTES]) -> u64 {
    let wanted = u8x16::splat(byte);
    let (parts, _) = block.as_chunks::<16>();
    (0..)
        .step_by(16)
        .zip(parts)
        .map(|(shift, part)| u64::from(u8x16::new(*part).simd_eq(wanted).to_bitmask()) << shift)
        .fold(0, |places, of_part| places | of_part)
}

/// Which bytes are escaped by the backslashes before them.
fn escaped(backslashes: u64, carried: &mut u64) -> u64 {
    if backslashes == 0 {
        return std::mem::take(carried);
    }
    // One that is escaped itself escapes nothing.
    let backslashes = backslashes & !*carried;
    let behind = backslashes << 1 | *carried;
    // Of a run of backslashes every second one escapes. A run that begins at an odd place carries
    // through the addition, and turns the pattern around where it ends.
    let odd_runs = backslashes & !EVEN & !behind;
    let (sum, is_over) = odd_runs.overflowing_add(backslashes);
    *carried = u64::from(is_over);
    (EVEN ^ sum << 1) & behind
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn byte_by_byte(bytes: &[u8], is_escaped: &mut bool) -> Option<usize> {
        for (place, byte) in bytes.iter().enumerate() {
            match byte {
                _ if *is_escaped => *is_escaped = false,
                b'\\' => *is_escaped = true,
                b'"' => return Some(place),
                _ => {}
            }
        }
        None
    }

    proptest! {
        #[test]
        fn the_end_is_where_it_is_byte_by_byte(
            bytes in prop::collection::vec(
                prop_oneof![6 => Just(b'\\'), 1 => Just(b'"'), 3 => any::<u8>()], 0..300,
            ),
            begins_escaped: bool,
        ) {
            let (mut expected, mut found) = (begins_escaped, begins_escaped);
            prop_assert_eq!(
                end_of_text(&bytes, &mut found),
                byte_by_byte(&bytes, &mut expected)
            );
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_run_of_backslashes_over_blocks_of_any_length_escapes_every_second_byte() {
        for before in 0..70 {
            for run in 0..140 {
                let mut bytes = vec![b'a'; before];
                bytes.extend(std::iter::repeat_n(b'\\', run));
                bytes.extend(b"\"\"");
                let end = end_of_text(&bytes, &mut false);
                assert_eq!(end, Some(before + run + run % 2), "{before}, {run}");
            }
        }
    }
}
