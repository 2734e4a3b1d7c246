//! What a struct says of itself through serde: its fields, their types, and which must be given.
//!
//! The rarer kinds are read by this alone: their structs are the one place that knows their keys. Works by letting the
//! struct read itself from a reader that looks at what is asked for and answers with the emptiest value that fits.

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};

/// The type of a field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Type {
    /// True or false.
    Flag,
    /// A whole number.
    Count,
    /// A text.
    Text,
    /// Something of which the struct asks nothing beforehand.
    Any,
    /// A type, or nothing.
    Optional(Box<Type>),
    /// Several of a type.
    List(Box<Type>),
    /// Types in a row, such as the two names of a qualified name.
    Row(Vec<Type>),
    /// A mapping from texts to a type.
    Map(Box<Type>),
    /// A struct.
    Struct(Vec<Field>),
}

/// A field of a struct.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) type_: Type,
    pub(crate) required: bool,
}

/// The fields of a struct, in order.
///
/// # Panics
///
/// Panics on a type that is not a struct, or that asks for what no kind needs: a mistake in our own code.
pub(crate) fn fields<T: DeserializeOwned>() -> Vec<Field> {
    let mut probe = Probe::default();
    let read = T::deserialize(&mut probe);
    assert!(read.is_ok(), "{}: {:?}", std::any::type_name::<T>(), read.err());
    let Some(Type::Struct(mut fields)) = probe.found else {
        panic!("{} is not a struct", std::any::type_name::<T>())
    };
    // A field is required if reading fails without it.
    let mut given = Vec::new();
    loop {
        let mut probe = Probe { given: Some(given.clone()), ..Probe::default() };
        match T::deserialize(&mut probe) {
            Ok(_) => break,
            Err(Refusal(message)) => {
                let missing = fields.iter().find(|field| message.contains(&format!("`{}`", field.name)));
                let missing = missing.map(|field| field.name).filter(|name| !given.contains(name));
                given.push(missing.expect("only a missing field can be in the way"));
            }
        }
    }
    for field in &mut fields {
        field.required = given.contains(&field.name);
    }
    fields
}

/// The reader that answers every question with the emptiest value and remembers the question.
#[derive(Default)]
struct Probe {
    found: Option<Type>,
    /// The fields of the outermost struct that are given; all if there is no list.
    given: Option<Vec<&'static str>>,
}

/// Why a struct would not read itself.
#[derive(Debug)]
struct Refusal(String);

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refusal {}

impl serde::de::Error for Refusal {
    fn custom<M: std::fmt::Display>(message: M) -> Self {
        Refusal(message.to_string())
    }
}

macro_rules! answers {
    ($($method:ident $type:ident $visit:ident $value:expr,)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
            self.found = Some(Type::$type);
            visitor.$visit($value)
        }
    )* };
}

impl<'de> Deserializer<'de> for &mut Probe {
    type Error = Refusal;

    answers! {
        deserialize_any Any visit_seq Empty,
        deserialize_bool Flag visit_bool false,
        deserialize_i8 Count visit_i8 0,
        deserialize_i16 Count visit_i16 0,
        deserialize_i32 Count visit_i32 0,
        deserialize_i64 Count visit_i64 0,
        deserialize_u8 Count visit_u8 0,
        deserialize_u16 Count visit_u16 0,
        deserialize_u32 Count visit_u32 0,
        deserialize_u64 Count visit_u64 0,
        deserialize_str Text visit_str "",
        deserialize_string Text visit_str "",
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let mut inner = Probe::default();
        let value = visitor.visit_some(&mut inner);
        self.found = inner.found.map(|inner| Type::Optional(Box::new(inner)));
        value
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let mut items = Items { left: 1, found: Vec::new() };
        let value = visitor.visit_seq(&mut items);
        self.found = items.found.pop().map(|item| Type::List(Box::new(item)));
        value
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Refusal> {
        let mut items = Items { left: len, found: Vec::new() };
        let value = visitor.visit_seq(&mut items);
        self.found = Some(Type::Row(items.found));
        value
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let mut fields = Fields { names: &[""], at: 0, given: None, found: Vec::new() };
        let value = visitor.visit_map(&mut fields);
        self.found = fields.found.pop().map(|field| Type::Map(Box::new(field.type_)));
        value
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        let mut fields = Fields { names, at: 0, given: self.given.take(), found: Vec::new() };
        let value = visitor.visit_map(&mut fields);
        self.found = Some(Type::Struct(fields.found));
        value
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.found = Some(Type::Text);
        visitor.visit_enum(First(variants.first().copied().unwrap_or_default()))
    }

    serde::forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct identifier ignored_any
    }
}

/// A list of nothing.
struct Empty;

impl<'de> SeqAccess<'de> for Empty {
    type Error = Refusal;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, _: S) -> Result<Option<S::Value>, Refusal> {
        Ok(None)
    }
}

struct Items {
    left: usize,
    found: Vec<Type>,
}

impl<'de> SeqAccess<'de> for &mut Items {
    type Error = Refusal;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Refusal> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let mut item = Probe::default();
        let value = seed.deserialize(&mut item);
        self.found.extend(item.found);
        // What cannot be read from the emptiest value, such as an id, ends the list; its type is known by then.
        Ok(value.ok())
    }
}

struct Fields {
    names: &'static [&'static str],
    at: usize,
    given: Option<Vec<&'static str>>,
    found: Vec<Field>,
}

impl<'de> MapAccess<'de> for &mut Fields {
    type Error = Refusal;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Refusal> {
        while let Some(name) = self.names.get(self.at) {
            if self.given.as_ref().is_none_or(|given| given.contains(name)) {
                return seed.deserialize(StrDeserializer::<Refusal>::new(name)).map(Some);
            }
            self.at += 1;
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Refusal> {
        let name = self.names[self.at];
        self.at += 1;
        let mut probe = Probe::default();
        let value = seed.deserialize(&mut probe)?;
        if let Some(type_) = probe.found {
            self.found.push(Field { name, type_, required: false });
        }
        Ok(value)
    }
}

/// The first variant of an enum, which says nothing more.
struct First(&'static str);

impl<'de> EnumAccess<'de> for First {
    type Error = Refusal;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Refusal> {
        Ok((seed.deserialize(StrDeserializer::<Refusal>::new(self.0))?, self))
    }
}

impl<'de> VariantAccess<'de> for First {
    type Error = Refusal;

    fn unit_variant(self) -> Result<(), Refusal> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Refusal> {
        seed.deserialize(&mut Probe::default())
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Refusal> {
        (&mut Probe::default()).deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        (&mut Probe::default()).deserialize_struct("", names, visitor)
    }
}
