//! Bytes as hexadecimal digits.

/// Returns two lower-case digits for each byte, as hashes and `bytea` are written.
///
/// ```
/// assert_eq!(nexus_schema::hex(&[0x0f, 0xa0]), "0fa0");
/// ```
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}
