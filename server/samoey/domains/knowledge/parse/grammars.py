"""The tree-sitter grammar of each language and the query that finds its definitions.

Each pattern captures a definition under its kind and the name inside it as `@name`.
tree-sitter and the grammars are imported when a file first needs them, never before.
"""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tree_sitter


@dataclass(frozen=True, slots=True)
class Grammar:
    """Where a language's parser is, and what counts as a definition in it."""

    module: str
    definitions: str
    factory: str = "language"


JAVASCRIPT = """
(function_declaration name: (_) @name) @function
(generator_function_declaration name: (_) @name) @function
(class_declaration name: (_) @name) @class
(method_definition name: (_) @name) @method
(variable_declarator name: (identifier) @name
  value: [(arrow_function) (function_expression)]) @function
(assignment_expression left: (member_expression) @name
  right: [(arrow_function) (function_expression)]) @function
"""
TYPESCRIPT = (
    JAVASCRIPT
    + """
(abstract_class_declaration name: (_) @name) @class
(interface_declaration name: (_) @name) @interface
(type_alias_declaration name: (_) @name) @type
(enum_declaration name: (_) @name) @enum
(internal_module name: (_) @name) @namespace
(public_field_definition name: (_) @name value: (arrow_function)) @method
(abstract_method_signature name: (_) @name) @method
"""
)
C = """
(function_definition declarator: (function_declarator declarator: (_) @name)) @function
(function_definition declarator: (pointer_declarator
  declarator: (function_declarator declarator: (_) @name))) @function
(function_definition declarator: (pointer_declarator declarator: (pointer_declarator
  declarator: (function_declarator declarator: (_) @name)))) @function
(struct_specifier name: (_) @name body: (_)) @struct
(union_specifier name: (_) @name body: (_)) @union
(enum_specifier name: (_) @name body: (_)) @enum
(type_definition declarator: (type_identifier) @name) @type
(preproc_function_def name: (_) @name) @macro
"""
CPP = (
    C
    + """
(function_definition declarator: (reference_declarator
  (function_declarator declarator: (_) @name))) @function
(class_specifier name: (_) @name body: (_)) @class
(namespace_definition name: (_) @name) @namespace
(concept_definition name: (_) @name) @concept
(alias_declaration name: (_) @name) @type
"""
)

GRAMMARS: dict[str, Grammar] = {
    "python": Grammar(
        "tree_sitter_python",
        "(function_definition name: (_) @name) @function (class_definition name: (_) @name) @class",
    ),
    "javascript": Grammar("tree_sitter_javascript", JAVASCRIPT),
    "typescript": Grammar("tree_sitter_typescript", TYPESCRIPT, "language_typescript"),
    "tsx": Grammar("tree_sitter_typescript", TYPESCRIPT, "language_tsx"),
    "java": Grammar(
        "tree_sitter_java",
        """
(class_declaration name: (_) @name) @class
(interface_declaration name: (_) @name) @interface
(enum_declaration name: (_) @name) @enum
(record_declaration name: (_) @name) @record
(annotation_type_declaration name: (_) @name) @annotation
(method_declaration name: (_) @name) @method
(constructor_declaration name: (_) @name) @method
""",
    ),
    "go": Grammar(
        "tree_sitter_go",
        """
(function_declaration name: (_) @name) @function
(method_declaration receiver: (parameter_list (parameter_declaration type: [
  (type_identifier) @owner (pointer_type (type_identifier) @owner)
  (generic_type type: (_) @owner) (pointer_type (generic_type type: (_) @owner))]))
  name: (_) @name) @method
(type_spec name: (_) @name) @type
""",
    ),
    "rust": Grammar(
        "tree_sitter_rust",
        """
(function_item name: (_) @name) @function
(function_signature_item name: (_) @name) @function
(struct_item name: (_) @name) @struct
(enum_item name: (_) @name) @enum
(union_item name: (_) @name) @union
(trait_item name: (_) @name) @trait
(impl_item type: (_) @name) @impl
(mod_item name: (_) @name body: (_)) @module
(macro_definition name: (_) @name) @macro
(type_item name: (_) @name) @type
""",
    ),
    "c": Grammar("tree_sitter_c", C),
    "cpp": Grammar("tree_sitter_cpp", CPP),
    "csharp": Grammar(
        "tree_sitter_c_sharp",
        """
(namespace_declaration name: (_) @name) @namespace
(class_declaration name: (_) @name) @class
(interface_declaration name: (_) @name) @interface
(struct_declaration name: (_) @name) @struct
(record_declaration name: (_) @name) @record
(enum_declaration name: (_) @name) @enum
(delegate_declaration name: (_) @name) @type
(method_declaration name: (_) @name) @method
(constructor_declaration name: (_) @name) @method
(property_declaration name: (_) @name) @property
(local_function_statement name: (_) @name) @function
""",
    ),
    "ruby": Grammar(
        "tree_sitter_ruby",
        """
(class name: (_) @name) @class
(module name: (_) @name) @module
(method name: (_) @name) @method
(singleton_method name: (_) @name) @method
""",
    ),
    "php": Grammar(
        "tree_sitter_php",
        """
(function_definition name: (_) @name) @function
(class_declaration name: (_) @name) @class
(interface_declaration name: (_) @name) @interface
(trait_declaration name: (_) @name) @trait
(enum_declaration name: (_) @name) @enum
(method_declaration name: (_) @name) @method
""",
        "language_php",
    ),
    "bash": Grammar("tree_sitter_bash", "(function_definition name: (_) @name) @function"),
    "sql": Grammar(
        "tree_sitter_sql",
        """
(create_table (object_reference) @name) @table
(create_view (object_reference) @name) @view
(create_materialized_view (object_reference) @name) @view
(create_function (object_reference) @name) @function
(create_type (object_reference) @name) @type
(create_trigger . (keyword_create) (keyword_trigger) (object_reference) @name) @trigger
(create_index (identifier) @name) @index
""",
    ),
    "html": Grammar(
        "tree_sitter_html",
        """
(element (start_tag (attribute (attribute_name) @_id
  (quoted_attribute_value (attribute_value) @name))) (#eq? @_id "id")) @element
(script_element (start_tag (tag_name) @name)) @script
(style_element (start_tag (tag_name) @name)) @style
""",
    ),
    "css": Grammar(
        "tree_sitter_css",
        """
(rule_set (selectors) @name) @rule
(media_statement (_) @name) @media
(keyframes_statement (keyframes_name) @name) @keyframes
""",
    ),
    "json": Grammar(
        "tree_sitter_json",
        "(document (object (pair key: (string (string_content) @name)) @key))",
    ),
    "yaml": Grammar(
        "tree_sitter_yaml",
        "(document (block_node (block_mapping (block_mapping_pair key: (_) @name) @key)))",
    ),
    "toml": Grammar(
        "tree_sitter_toml",
        """
(table [(bare_key) (dotted_key) (quoted_key)] @name) @table
(table_array_element [(bare_key) (dotted_key) (quoted_key)] @name) @table
""",
    ),
    "markdown": Grammar(
        "tree_sitter_markdown",
        # Underlined titles begin no section in this grammar; `symbols.headings` makes all of them.
        "(section [(atx_heading heading_content: (_) @name)"
        " (setext_heading heading_content: (_) @name)] @section)",
    ),
}


@cache
def tongue(language: str) -> "tree_sitter.Language":
    """Load the grammar of a language of `GRAMMARS`, once per process."""
    import tree_sitter

    grammar = GRAMMARS[language]
    return tree_sitter.Language(getattr(import_module(grammar.module), grammar.factory)())


@cache
def question(language: str, asked: str | None = None) -> "tree_sitter.Query":
    """Compile a question to the trees of a language: what they define, unless another is asked."""
    import tree_sitter

    return tree_sitter.Query(tongue(language), asked or GRAMMARS[language].definitions)
