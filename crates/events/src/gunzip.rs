//! Gzip, within a limit: a small body that unpacks into a huge one is refused.
use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::Rejection;

/// Unpacks a gzip body of at most `bytes_max` unpacked bytes.
pub fn gunzip(body: &[u8], bytes_max: usize) -> Result<Vec<u8>, Rejection> {
    let mut unpacked = Vec::new();
    // One byte more than allowed tells a body that fits from one that does not; nothing beyond it
    // is ever unpacked.
    let limit = u64::try_from(bytes_max)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    MultiGzDecoder::new(body)
        .take(limit)
        .read_to_end(&mut unpacked)
        .map_err(|_| no_gzip())?;
    if unpacked.len() > bytes_max {
        return Err(Rejection::too_large(
            "body",
            format!("unpacks to more than {bytes_max} bytes"),
            "send less at a time",
        ));
    }
    Ok(unpacked)
}

/// The refusal of what is no gzip, or not all of it.
pub(crate) fn no_gzip() -> Rejection {
    Rejection::malformed(
        "is not gzip, or breaks off",
        "compress the whole body with gzip",
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::RejectionKind;

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_body_unpacks_to_itself() {
        assert_eq!(gunzip(&gzip(b"spans"), 5).unwrap(), b"spans");
        assert_eq!(gunzip(&gzip(b""), 5).unwrap(), b"");
    }

    #[test]
    fn a_bomb_is_refused_at_the_limit() {
        let bomb = gzip(&vec![0; 50_000_000]);
        assert!(bomb.len() < 100_000);
        let rejection = gunzip(&bomb, 1_000_000).unwrap_err();
        assert_eq!(rejection.kind, RejectionKind::TooLarge);
    }

    #[test]
    fn a_body_that_breaks_off_or_is_no_gzip_is_refused() {
        let packed = gzip(b"spans and more spans");
        assert!(gunzip(&packed[..packed.len() - 4], 100).is_err());
        assert!(gunzip(b"spans", 100).is_err());
        assert!(gunzip(b"", 100).is_err());
    }
}
