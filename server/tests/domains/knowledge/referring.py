"""Small sources in every language, with the references that are in them."""

# Path -> source, the references that are in it (kind: `name:line:column`), the modules that it
# imports, and the values that it defines.
Known = tuple[str, dict[str, str], str, str]
EXAMPLES: dict[str, Known] = {
    "p/a.py": (
        (
            "from a.b import c as d, e\nfrom . import q\nLIMIT = 3\n\n\n@deco\nclass A(B, mod.C):\n"
            "    x: T = f(e)\n\n    def m(self, a: U = V) -> A:\n        return self.h.call(k=d)\n"
            "        local = LIMIT\n"
        ),
        {
            "import": "c:1:17 e:1:25 q:2:15",
            "inherit": "B:7:9 C:7:16",
            "call": "deco:6:2 call:11:23",
            "read": "e:8:14 A:10:30 h:11:21 d:11:30 LIMIT:12:17",
        },
        "a/b /p",
        "LIMIT A.x",
    ),
    "p/a.js": (
        (
            "import d, {a as b} from './m';\nconst r = require('../z');\nclass A extends B {}\n"
            "b(d, x.y);\nnew K(r);\no.p.call();\n"
        ),
        {
            "import": "d:1:8 a:1:12 r:2:7",
            "inherit": "B:3:17",
            "call": "require:2:11 b:4:1 K:5:5 call:6:5",
            "read": "d:4:3 y:4:8 r:5:7 p:6:3",
        },
        "/p/m /z",
        "",
    ),
    "p/a.ts": (
        (
            "import type {T} from './t';\nclass A extends B implements I {\n  f: T = new Q<R>();\n"
            "  @Dec() m(a: U): V { return this.z.w(a as S); }\n}\n"
        ),
        {
            "import": "T:1:14",
            "inherit": "B:2:17 I:2:30",
            "call": "Q:3:14 Dec:4:4 w:4:37",
            "read": "T:3:6 R:3:16 U:4:15 V:4:19 z:4:35 S:4:44",
        },
        "/p/t",
        "A.f",
    ),
    "p/a.tsx": (
        "import {C} from '@/c';\nexport function App() {\n  return <C k={v}/>\n}\n",
        {"import": "C:1:9", "call": "C:3:11"},
        "@/c",
        "",
    ),
    "p/A.java": (
        (
            "import a.b.C;\n@Ann\nclass A extends B<T> implements I {\n  F f = new K();\n"
            "  Z m(P p) { return o.call(C.X); }\n}\n"
        ),
        {
            "import": "C:1:12",
            "inherit": "B:3:17 I:3:33",
            "call": "Ann:2:2 K:4:13 call:5:23",
            "read": "T:3:19 F:4:3 Z:5:3 P:5:7 C:5:28 X:5:30",
        },
        "a/b/C",
        "A.f",
    ),
    "p/a.go": (
        (
            'package p\n\nimport f "x/fmt"\n\nvar V T = f.New(1)\n\ntype S struct {\n\tBase\n'
            "\tg q.U\n}\n\nfunc (s *S) M(a A) B { foo(s.g); return C{} }\n"
        ),
        {
            "inherit": "Base:8:2",
            "call": "New:5:13 foo:12:24",
            "read": "T:5:7 f:5:11 U:9:6 S:12:10 A:12:17 B:12:20 g:12:30 C:12:41",
        },
        "x/fmt",
        "V S.g",
    ),
    "p/a.rs": (
        (
            "use a::b::{C, d as e};\nmod other;\nconst N: u8 = 1;\nimpl Tr for S {\n"
            "    fn m(&self, a: A) -> B { foo(N); self.x.y(); P::new(); mac!(z) }\n}\n"
        ),
        {
            "import": "C:1:12 d:1:15",
            "inherit": "Tr:4:6",
            "call": "foo:5:30 y:5:45 new:5:53 mac:5:60",
            "read": "b:1:8 A:5:20 B:5:26 N:5:34 x:5:43",
        },
        "a/b other",
        "N",
    ),
    "p/a.c": (
        (
            '#include "x/b.h"\n#define K 3\nstruct S { int y; };\nint G = 1;\n'
            "T g(U a) { foo(G, K); a->fn(1); }\nstruct V v = { .open = my_open };\n"
        ),
        {
            "call": "foo:5:12 fn:5:26",
            "read": "T:5:1 U:5:5 G:5:16 K:5:19 V:6:8 my_open:6:24",
        },
        "x/b",
        "K S.y G v",
    ),
    "p/a.cpp": (
        (
            '#include "a.h"\nclass A : public B, n::C<D> {\n  T t;\n'
            "  void m() { foo(); x.y(); n::f(1); new K(2); g<int>(3); }\n};\n"
        ),
        {
            "inherit": "B:2:18 C:2:24",
            "call": "foo:4:14 y:4:23 f:4:31 K:4:41 g:4:47",
            "read": "D:2:26 T:3:3",
        },
        "a",
        "A::t",
    ),
    "p/a.cs": (
        (
            "using X.Y;\n[Attr] class C : D, I<E> {\n  F f = new G();\n"
            "  T M(P p) { foo(f); return x.Gen<K>(1); }\n}\n"
        ),
        {
            "inherit": "D:2:18 I:2:21",
            "call": "Attr:2:2 G:3:13 foo:4:14 Gen:4:31",
            "read": "E:2:23 F:3:3 T:4:3 P:4:7 K:4:35",
        },
        "X/Y",
        "C.f",
    ),
    "p/a.rb": (
        (
            "require 'a/b'\nLIMIT = 1\nclass A < B::C\n  include M\n"
            "  def m; foo(LIMIT); x.bar; Baz.new; end\nend\n"
        ),
        {
            "inherit": "C:3:14 M:4:11",
            "call": "require:1:1 include:4:3 foo:5:10 bar:5:24 new:5:33",
            "read": "B:3:11 LIMIT:5:14 Baz:5:29",
        },
        "a/b",
        "LIMIT",
    ),
    "p/a.php": (
        (
            "<?php\nuse A\\B\\C;\nclass K extends L implements I {\n  const N = 1;\n"
            "  function m(T $a): U { foo($a); $this->bar(); S::baz(); new C(); }\n}\n"
        ),
        {
            "import": "C:2:9",
            "inherit": "L:3:17 I:3:30",
            "call": "foo:5:25 bar:5:41 baz:5:51 C:5:62",
            "read": "T:5:14 U:5:21 S:5:48",
        },
        "A/B/C",
        "K::N",
    ),
    "p/a.sh": (
        'source ./lib.sh\nX=1\nf() { g "$X" | h; }\n',
        {"call": "source:1:1 g:3:7 h:3:16", "read": "X:3:11"},
        "/p/lib",
        "X",
    ),
    "p/a.sql": (
        "SELECT f(b) FROM s.t JOIN u ON t.id = u.id;\nCREATE TABLE x (id int REFERENCES y(id));\n",
        {"call": "f:1:8", "read": "t:1:20 u:1:27 y:2:35"},
        "",
        "",
    ),
    "p/a.html": (
        '<script src="a.js"></script>\n<label for="m">k</label><b id="m"></b>\n',
        {"read": "m:2:13"},
        "a",
        "",
    ),
    "p/a.css": (
        "@import 'b.css';\n:root { --c: red }\n.a { color: var(--c); animation: kf 1s; }\n",
        {"read": "--c:3:17 kf:3:34"},
        "b",
        "--c",
    ),
    "p/a.yaml": ("a: &anc 1\nb: *anc\n", {"read": "anc:2:5"}, "", "anc"),
}
