//! Takes apart what a server spelled: lists of names, and names with dots.

/// Takes a list of quoted names apart, as `SplitIdentifierString` does; an empty list is one empty name.
pub(super) fn name_list(text: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => {
                items.last_mut().expect("the list begins with one item").push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => items.push(String::new()),
            c if c.is_whitespace() && !quoted => {}
            c => items.last_mut().expect("the list begins with one item").push(c),
        }
    }
    items
}

/// The parts of a dotted name, each as it is.
///
/// ```
/// assert_eq!(nexus_migrate::sql::undotted("public.\"a.b\"\"c\""), ["public", "a.b\"c"]);
/// ```
pub fn undotted(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let part = parts.last_mut().expect("the list begins with one part");
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => part.push('"'),
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            c => part.push(c),
        }
    }
    parts
}
