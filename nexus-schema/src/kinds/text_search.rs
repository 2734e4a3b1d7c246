//! Text search: parsers, templates, dictionaries, configurations.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Noun, Sql, in_schema, is_default, lives_in_schema};
use crate::catalog::ObjectId;

/// A text search parser: its functions, schema-qualified and quoted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TextSearchParser {
    /// Begins.
    pub start: Sql,
    /// Gives the next token.
    pub gettoken: Sql,
    /// Ends.
    pub end: Sql,
    /// Describes the types of tokens.
    pub lextypes: Sql,
    /// Shows where a text matches.
    #[serde(default, skip_serializing_if = "is_default")]
    pub headline: Option<Sql>,
}

/// A text search template: its functions, schema-qualified and quoted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TextSearchTemplate {
    /// Takes the options of a dictionary.
    #[serde(default, skip_serializing_if = "is_default")]
    pub init: Option<Sql>,
    /// Finds the lexemes of a token.
    pub lexize: Sql,
}

/// A text search dictionary.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TextSearchDictionary {
    /// The template, schema-qualified and quoted.
    pub template: Sql,
    /// Its options as the catalog holds them, such as `language = 'english', stopwords = 'english'`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: Option<Sql>,
}

/// A text search configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TextSearchConfiguration {
    /// The parser, schema-qualified and quoted.
    pub parser: Sql,
    /// Types of tokens with their dictionaries in order, each schema-qualified and quoted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mappings: std::collections::BTreeMap<String, Vec<Sql>>,
}

lives_in_schema!(TextSearchParser, TextSearchTemplate, TextSearchDictionary, TextSearchConfiguration);
