package lure

import (
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync"

	"reportascam/analyze"
)

//go:embed *.txt
var files embed.FS

const (
	// maxLanguages bounds the languages with a file.
	maxLanguages = 40
	// defaultWindow is how many words apart the parts of a pattern may begin.
	defaultWindow = 9
)

// book is all languages' patterns, ready to be looked for.
type book struct {
	languages []string // tags; a language's stop words are the class of its index
	scripts   []script // that a language is written in
	stopped   []bool   // that it is told by stop words
	tree      tree
	classes   int
	patterns  []pattern
	uses      [][]use // by class
	shares    map[string]int8
}

// pattern is a combination of classes that stands for a lure.
type pattern struct {
	kind     analyze.LureKind
	strength float64
	window   int32 // in steps
	lang     int
	slots    [][]class
}

// use says where a class is part of a pattern.
type use struct {
	pattern, slot int32
	class         class
}

// shared is the book of the shipped files.
var shared = sync.OnceValue(func() *book {
	b, err := readBook(files)
	if err != nil {
		panic("lure: the shipped files: " + err.Error()) // held by a test
	}
	return b
})

// stopWeight is what a stop word says for its language: less where others
// have it too.
func (b *book) stopWeight(word []byte) float64 { return 1 / float64(max(1, b.shares[string(word)])) }

// readBook reads all *.txt of a folder, in the order of their names.
func readBook(from fs.FS) (*book, error) {
	names, err := fs.Glob(from, "*.txt")
	if err != nil {
		return nil, fmt.Errorf("listing the languages: %w", err)
	}
	if len(names) > maxLanguages {
		return nil, fmt.Errorf("%d languages, at most %d fit", len(names), maxLanguages)
	}
	b := &book{shares: map[string]int8{}, classes: len(names)}
	for i, name := range names {
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, fmt.Errorf("reading a language: %w", err)
		}
		b.languages = append(b.languages, strings.TrimSuffix(name, ".txt"))
		b.scripts = append(b.scripts, latin)
		b.stopped = append(b.stopped, false)
		r := &reader{book: b, lang: i, named: map[string]class{}, stops: map[string]bool{}}
		for n, line := range strings.Split(string(text), "\n") {
			if err := r.line(line); err != nil {
				return nil, fmt.Errorf("%s line %d: %w", name, n+1, err)
			}
		}
		for class, used := range r.unused {
			if used {
				return nil, fmt.Errorf("%s: no pattern uses %s", name, class)
			}
		}
	}
	b.tree.finish()
	b.uses = make([][]use, b.classes)
	for p := range b.patterns {
		for s, slot := range b.patterns[p].slots {
			for _, c := range slot {
				b.uses[c] = append(b.uses[c], use{int32(p), int32(s), c})
			}
		}
	}
	return b, nil
}

// reader reads one language's file.
type reader struct {
	book   *book
	lang   int
	named  map[string]class
	unused map[string]bool
	stops  map[string]bool
}

func (r *reader) newClass() class {
	r.book.classes++
	return class(r.book.classes - 1)
}

// line reads a comment, "stop WORDS", "NAME = PHRASES" or
// "kind STRENGTH [WINDOW]: SLOT + SLOT".
func (r *reader) line(line string) error {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return nil
	}
	if words, ok := strings.CutPrefix(line, "stop "); ok {
		return r.stop(words)
	}
	if name, phrases, ok := strings.Cut(line, " = "); ok && strings.ToUpper(name) == name {
		return r.class(strings.TrimSpace(name), phrases)
	}
	head, slots, ok := strings.Cut(line, ": ")
	if !ok {
		return fmt.Errorf("neither a class nor a pattern: %q", line)
	}
	return r.pattern(strings.Fields(head), slots)
}

func (r *reader) stop(words string) error {
	for w := range strings.FieldsSeq(words) {
		keys, sc, err := keysOf(w)
		if err != nil {
			return err
		}
		r.book.scripts[r.lang], r.book.stopped[r.lang] = sc, true
		r.book.tree.insert(keys, class(r.lang))
		if !r.stops[keys] {
			r.stops[keys] = true
			r.book.shares[keys]++
		}
	}
	return nil
}

// class reads "NAME = phrase, phrase"; a second line of a name adds to it.
func (r *reader) class(name, phrases string) error {
	c, ok := r.named[name]
	if !ok {
		c = r.newClass()
		r.named[name] = c
		if r.unused == nil {
			r.unused = map[string]bool{}
		}
		r.unused[name] = true
	}
	return r.insert(phrases, c)
}

func (r *reader) insert(phrases string, c class) error {
	for phrase := range strings.SplitSeq(phrases, ",") {
		if phrase = strings.TrimSpace(phrase); phrase == "" {
			continue
		}
		key, _, err := keysOf(phrase)
		if err != nil {
			return err
		}
		r.book.tree.insert(key, c)
	}
	return nil
}

func (r *reader) pattern(head []string, slots string) error {
	if len(head) < 2 || len(head) > 3 {
		return fmt.Errorf("a pattern begins with kind, strength and perhaps a window, not %q", strings.Join(head, " "))
	}
	p := pattern{kind: analyze.LureKind(head[0]), lang: r.lang, window: defaultWindow * wordStep}
	if !p.kind.Known() {
		return fmt.Errorf("no such kind: %q", head[0])
	}
	var err error
	if p.strength, err = strconv.ParseFloat(head[1], 64); err != nil || p.strength <= 0 || p.strength >= 1 {
		return fmt.Errorf("strength %q is not between 0 and 1", head[1])
	}
	if len(head) == 3 {
		n, err := strconv.Atoi(head[2])
		if err != nil || n < 1 || n > 60 {
			return fmt.Errorf("window %q is not 1 to 60 words", head[2])
		}
		p.window = int32(n) * wordStep
	}
	for slot := range strings.SplitSeq(slots, " + ") {
		classes, err := r.slot(slot)
		if err != nil {
			return err
		}
		p.slots = append(p.slots, classes)
	}
	r.book.patterns = append(r.book.patterns, p)
	return nil
}

// slot reads what may stand in one place: names of classes, and phrases in
// quotation marks, with | between.
func (r *reader) slot(s string) ([]class, error) {
	var out []class
	for part := range strings.SplitSeq(strings.TrimSpace(s), "|") {
		if len(part) > 2 && part[0] == '"' && part[len(part)-1] == '"' {
			c := r.newClass()
			if err := r.insert(part[1:len(part)-1], c); err != nil {
				return nil, err
			}
			out = append(out, c)
			continue
		}
		c, ok := r.named[part]
		if !ok {
			return nil, fmt.Errorf("no class %q before this line", part)
		}
		r.unused[part] = false
		out = append(out, c)
	}
	return out, nil
}

// keysOf folds a phrase as text is folded, and gives the script of its first
// word. A star at the end of a word stays one.
func keysOf(phrase string) (key string, sc script, err error) {
	var b strings.Builder
	wide := false
	for word := range strings.FieldsSeq(phrase) {
		word, open := strings.CutSuffix(word, "*")
		f := newFolder(len(word))
		f.add(word)
		if len(f.tokens) == 0 {
			return "", 0, fmt.Errorf("nothing to look for in %q", phrase)
		}
		for s, n := range f.letters {
			if n > 0 && sc == noScript {
				sc = s
			}
		}
		last := len(f.tokens) - 1
		nowWide := isWide(scriptOf([]rune(string(f.buf[f.tokens[last].at:]))[0]))
		if b.Len() > 0 && (!wide || !nowWide) {
			b.WriteByte(' ')
		}
		wide = nowWide
		b.Write(f.buf)
		if open {
			b.WriteByte(star)
		}
	}
	if b.Len() == 0 {
		return "", 0, fmt.Errorf("nothing to look for in %q", phrase)
	}
	return b.String(), sc, nil
}
