"""What is asked of a file's syntax tree, by language, beside its definitions.

Captures: `call`, `inherit`, `import` and `read` are references that always count; `bare` ones are
words that stand alone and `bare.call` calls of them, which count only when they can mean a
definition (see `facts.py`); `skip` marks words that are no references at all. `value` names a
constant, a variable or a field; only those outside functions are kept. `imports` is a whole
import statement, `module` what it names, `alias` another name for the import before it, `star`
says that everything is imported.
"""

PYTHON = """
(import_from_statement) @imports
(import_statement) @imports
(import_from_statement module_name: (_) @module)
(import_from_statement name: (dotted_name) @import)
(import_from_statement name: (aliased_import name: (dotted_name) @import alias: (_) @alias))
(import_from_statement (wildcard_import) @star)
(import_statement name: (dotted_name) @module)
(import_statement name: (dotted_name . (identifier) @skip))
(import_statement name: (dotted_name (identifier) @import .))
(import_statement name: (aliased_import name: (dotted_name) @module alias: (_) @alias))
(import_statement name: (aliased_import name: (dotted_name (identifier) @import .)))
(class_definition superclasses: (argument_list (identifier) @inherit))
(class_definition superclasses: (argument_list (attribute attribute: (_) @inherit)))
(class_definition superclasses: (argument_list (subscript value: (identifier) @inherit)))
(call function: (identifier) @bare.call)
(call function: (attribute attribute: (_) @call))
(decorator (identifier) @call)
(decorator (attribute attribute: (_) @call))
(attribute attribute: (_) @read)
(keyword_argument name: (_) @skip)
(parameters (identifier) @skip)
(typed_parameter . (identifier) @skip)
(default_parameter name: (_) @skip)
(typed_default_parameter name: (_) @skip)
(identifier) @bare
(module (expression_statement (assignment left: (identifier) @value)))
(class_definition body: (block (expression_statement (assignment left: (identifier) @value))))
(if_statement (block (expression_statement (assignment left: (identifier) @value))))
(try_statement (block (expression_statement (assignment left: (identifier) @value))))
"""
SCRIPT = """
(import_statement) @imports
(import_statement source: (string (string_fragment) @module))
(import_clause (identifier) @import)
(import_specifier name: (_) @import)
(import_specifier alias: (_) @alias)
(namespace_import (identifier) @skip)
(export_statement source: (_)) @imports
(export_statement source: (string (string_fragment) @module))
(export_statement (export_clause (export_specifier name: (_) @import)) source: (_))
(variable_declarator name: (identifier) value: (call_expression function: (identifier) @_require
  arguments: (arguments (string))) (#eq? @_require "require")) @imports
(call_expression function: (identifier) @_require
  arguments: (arguments (string (string_fragment) @module)) (#eq? @_require "require"))
(variable_declarator name: (identifier) @import value: (call_expression
  function: (identifier) @_require) (#eq? @_require "require"))
(variable_declarator name: (object_pattern (shorthand_property_identifier_pattern) @import)
  value: (call_expression function: (identifier) @_require) (#eq? @_require "require")) @imports
(call_expression function: (identifier) @call)
(call_expression function: (member_expression property: (_) @call))
(new_expression constructor: (identifier) @call)
(new_expression constructor: (member_expression property: (_) @call))
(decorator (identifier) @call)
(member_expression property: (property_identifier) @read)
(identifier) @bare
(shorthand_property_identifier) @bare
(program (lexical_declaration (variable_declarator name: (identifier) @value)))
(program (variable_declaration (variable_declarator name: (identifier) @value)))
(export_statement (lexical_declaration (variable_declarator name: (identifier) @value)))
"""
JSX = """
(jsx_self_closing_element name: (identifier) @call)
(jsx_opening_element name: (identifier) @call)
(jsx_closing_element name: (identifier) @skip)
"""
JAVASCRIPT = (
    SCRIPT
    + JSX
    + """
(formal_parameters (identifier) @skip)
(class_heritage (identifier) @inherit)
(class_heritage (member_expression property: (_) @inherit))
(class_body (field_definition property: (_) @value))
"""
)
TYPESCRIPT = (
    SCRIPT
    + """
(extends_clause value: (identifier) @inherit)
(extends_clause value: (member_expression property: (_) @inherit))
(implements_clause (type_identifier) @inherit)
(implements_clause (generic_type name: (type_identifier) @inherit))
(implements_clause (nested_type_identifier name: (_) @inherit))
(extends_type_clause type: (type_identifier) @inherit)
(extends_type_clause type: (generic_type name: (type_identifier) @inherit))
(type_identifier) @read
(type_parameter name: (_) @skip)
(required_parameter pattern: (identifier) @skip)
(class_body (public_field_definition name: (_) @value))
(enum_body (property_identifier) @value)
(enum_body (enum_assignment name: (_) @value))
"""
)
JAVA = """
(import_declaration) @imports
(import_declaration (scoped_identifier) @module)
(import_declaration (scoped_identifier name: (_) @import))
(import_declaration (asterisk) @star)
(superclass [(type_identifier) @inherit (generic_type (type_identifier) @inherit)
  (scoped_type_identifier (type_identifier) @inherit .)])
(super_interfaces (type_list [(type_identifier) @inherit (generic_type (type_identifier) @inherit)
  (scoped_type_identifier (type_identifier) @inherit .)]))
(extends_interfaces (type_list [(type_identifier) @inherit
  (generic_type (type_identifier) @inherit)]))
(method_invocation name: (_) @call)
(object_creation_expression type: [(type_identifier) @call (generic_type (type_identifier) @call)
  (scoped_type_identifier (type_identifier) @call .)])
(method_reference (identifier) @read .)
(marker_annotation name: (identifier) @call)
(annotation name: (identifier) @call)
(field_access field: (identifier) @read)
(type_identifier) @read
(type_parameter (type_identifier) @skip)
(formal_parameter name: (_) @skip)
(identifier) @bare
(field_declaration declarator: (variable_declarator name: (_) @value))
(enum_constant name: (_) @value)
"""
GO = """
(import_spec) @imports
(import_spec path: (interpreted_string_literal (interpreted_string_literal_content) @module))
(import_spec name: (package_identifier) @alias)
(struct_type (field_declaration_list (field_declaration !name type: [(type_identifier) @inherit
  (qualified_type name: (_) @inherit) (pointer_type (type_identifier) @inherit)])))
(interface_type (type_elem (type_identifier) @inherit))
(call_expression function: (identifier) @call)
(call_expression function: (selector_expression field: (_) @call))
(selector_expression field: (_) @read)
(type_identifier) @read
(parameter_declaration name: (_) @skip)
(keyed_element key: (literal_element (identifier) @skip))
(identifier) @bare
(const_spec name: (identifier) @value)
(var_spec name: (identifier) @value)
(field_declaration name: (field_identifier) @value)
"""
RUST = """
(use_declaration) @imports
(use_declaration argument: (_) @module)
(use_declaration argument: (identifier) @import)
(use_declaration argument: (scoped_identifier name: (_) @import))
(use_list (identifier) @import)
(use_list (scoped_identifier name: (_) @import))
(use_as_clause path: (identifier) @import alias: (_) @alias)
(use_as_clause path: (scoped_identifier name: (_) @import) alias: (_) @alias)
(use_wildcard) @star
(mod_item name: (_) @module !body) @imports
(impl_item trait: [(type_identifier) @inherit (generic_type type: (type_identifier) @inherit)
  (scoped_type_identifier name: (_) @inherit)])
(trait_bounds (type_identifier) @inherit)
(call_expression function: (identifier) @call)
(call_expression function: (field_expression field: (_) @call))
(call_expression function: (scoped_identifier name: (_) @call))
(call_expression function: (generic_function function: (identifier) @call))
(call_expression function: (generic_function function: (scoped_identifier name: (_) @call)))
(call_expression function: (generic_function function: (field_expression field: (_) @call)))
(macro_invocation macro: (identifier) @call)
(field_expression field: (field_identifier) @read)
(scoped_identifier name: (identifier) @read)
(attribute (identifier) @skip)
(attribute_item (attribute arguments: (token_tree (identifier) @read)))
(type_identifier) @read
(type_parameter name: (_) @skip)
(parameter pattern: (identifier) @skip)
(identifier) @bare
(const_item name: (_) @value)
(static_item name: (_) @value)
(enum_variant name: (_) @value)
(field_declaration name: (_) @value)
"""
C = """
(preproc_include) @imports
(preproc_include path: (string_literal (string_content) @module))
(preproc_include path: (system_lib_string) @module)
(call_expression function: (identifier) @call)
(call_expression function: (field_expression field: (_) @call))
(field_expression field: (field_identifier) @read)
(initializer_pair value: (identifier) @read)
(pointer_expression argument: (identifier) @bare)
(type_identifier) @read
(parameter_declaration declarator: (identifier) @skip)
(identifier) @bare
(preproc_def name: (identifier) @value)
(enumerator name: (_) @value)
(translation_unit (declaration declarator: (init_declarator declarator: (identifier) @value)))
(translation_unit (declaration declarator: (identifier) @value))
(field_declaration declarator: (field_identifier) @value)
"""
CPP = (
    C
    + """
(using_declaration) @imports
(using_declaration (qualified_identifier) @module)
(using_declaration (qualified_identifier name: (identifier) @import))
(base_class_clause [(type_identifier) @inherit (template_type name: (_) @inherit)
  (qualified_identifier name: (type_identifier) @inherit)
  (qualified_identifier name: (template_type name: (_) @inherit))])
(call_expression function: (qualified_identifier name: (identifier) @call))
(call_expression function: (template_function name: (_) @call))
(call_expression function: (qualified_identifier name: (template_function name: (_) @call)))
(new_expression type: (type_identifier) @call)
(qualified_identifier name: (identifier) @read)
(type_parameter_declaration (type_identifier) @skip)
"""
)
CSHARP = """
(using_directive) @imports
(using_directive [(qualified_name) (identifier)] @module .)
(using_directive name: (_) @skip)
(using_directive (identifier) @skip)
(using_directive (qualified_name (identifier) @skip))
(base_list [(identifier) @inherit (generic_name . (identifier) @inherit)
  (qualified_name name: (identifier) @inherit)])
(invocation_expression function: [(identifier) @call (generic_name . (identifier) @call)
  (member_access_expression name: [(identifier) @call (generic_name . (identifier) @call)])])
(object_creation_expression type: [(identifier) @call (generic_name . (identifier) @call)])
(attribute name: (identifier) @call)
(member_access_expression name: (identifier) @read)
(parameter name: (_) @skip)
(type_parameter name: (_) @skip)
(identifier) @bare
(field_declaration (variable_declaration (variable_declarator name: (_) @value)))
(enum_member_declaration name: (_) @value)
"""
RUBY = """
(call method: (identifier) @_require (#match? @_require "^(require|require_relative|load)$")
  arguments: (argument_list (string))) @imports
(call method: (identifier) @_require (#match? @_require "^(require|require_relative|load)$")
  arguments: (argument_list (string (string_content) @module)))
(superclass [(constant) @inherit (scope_resolution name: (_) @inherit)])
(call method: (identifier) @_mix (#match? @_mix "^(include|extend|prepend)$")
  arguments: (argument_list [(constant) @inherit (scope_resolution name: (_) @inherit)]))
(call method: (_) @call)
(constant) @read
(identifier) @bare
(method_parameters (identifier) @skip)
(assignment left: (constant) @value)
"""
PHP = """
(namespace_use_declaration) @imports
(namespace_use_clause (qualified_name) @module)
(namespace_use_declaration (namespace_name) @module)
(namespace_use_clause (qualified_name (name) @import .))
(namespace_use_clause . (name) @import)
(namespace_use_clause alias: (name) @alias)
(require_once_expression) @imports
(require_expression) @imports
(include_expression) @imports
(include_once_expression) @imports
(require_once_expression (string (string_content) @module))
(require_expression (string (string_content) @module))
(include_expression (string (string_content) @module))
(include_once_expression (string (string_content) @module))
(base_clause [(name) @inherit (qualified_name (name) @inherit .)])
(class_interface_clause [(name) @inherit (qualified_name (name) @inherit .)])
(use_declaration [(name) @inherit (qualified_name (name) @inherit .)])
(function_call_expression function: [(name) @call (qualified_name (name) @call .)])
(member_call_expression name: (name) @call)
(nullsafe_member_call_expression name: (name) @call)
(scoped_call_expression name: (name) @call)
(object_creation_expression [(name) @call (qualified_name (name) @call .)])
(attribute (name) @call)
(variable_name (name) @skip)
(namespace_definition (namespace_name (name) @skip))
(namespace_name (name) @skip)
(named_type [(name) @read (qualified_name (name) @read .)])
(member_access_expression name: (name) @read)
(class_constant_access_expression (name) @read)
(scoped_call_expression scope: (name) @read)
(name) @bare
(const_element (name) @value)
(property_element (variable_name (name) @value))
(enum_case name: (_) @value)
"""
BASH = """
(command name: (command_name (word) @_source) (#match? @_source "^(source|\\\\.)$")) @imports
(command name: (command_name (word) @_source) . argument: (_) @module
  (#match? @_source "^(source|\\\\.)$"))
(command name: (command_name (word) @call))
(simple_expansion (variable_name) @bare)
(expansion (variable_name) @bare)
(program (variable_assignment name: (variable_name) @value))
(program (declaration_command (variable_assignment name: (variable_name) @value)))
"""
SQL = """
(invocation (object_reference name: (_) @call))
(relation (object_reference name: (_) @read))
(from (object_reference name: (_) @read))
(insert (object_reference name: (_) @read))
(column_definition (object_reference name: (_) @read))
"""
HTML = """
(attribute (attribute_name) @_source (#match? @_source "^(src|href)$")
  (quoted_attribute_value (attribute_value) @module)) @imports
(attribute (attribute_name) @_for (#match? @_for "^(for|aria-labelledby|aria-describedby|list)$")
  (quoted_attribute_value (attribute_value) @read))
"""
CSS = """
(import_statement) @imports
(import_statement (string_value (string_content) @module))
(import_statement (call_expression (arguments (plain_value) @module)))
(call_expression (function_name) @_var (#eq? @_var "var") (arguments . (plain_value) @read))
(declaration (property_name) @_animation (#match? @_animation "^animation(-name)?$")
  (plain_value) @read)
(declaration (property_name) @value (#match? @value "^--"))
"""
YAML = """
(alias (alias_name) @read)
(anchor (anchor_name) @value)
"""

QUESTIONS: dict[str, str] = {
    "python": PYTHON,
    "javascript": JAVASCRIPT,
    "typescript": TYPESCRIPT,
    "tsx": TYPESCRIPT + JSX,
    "java": JAVA,
    "go": GO,
    "rust": RUST,
    "c": C,
    "cpp": CPP,
    "csharp": CSHARP,
    "ruby": RUBY,
    "php": PHP,
    "bash": BASH,
    "sql": SQL,
    "html": HTML,
    "css": CSS,
    "yaml": YAML,
}
