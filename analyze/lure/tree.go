package lure

import "strings"

// tree holds all words and phrases that are looked for. A phrase is folded
// words with a space between; star behind a word means that more letters may
// follow.
type tree struct {
	root node
	top  [256]*node // the root's children by their first octet
}

// star marks in a key that the rest of a word may be anything.
const star = 0x01

// node is a place in the tree. The octets on the way to it are in label.
type node struct {
	label   string
	kids    []*node
	firsts  string // of the labels of kids, their first octets
	star    *node
	accepts []class
}

// class is a set of phrases that stand for each other.
type class int32

// insert adds a phrase to a class.
func (t *tree) insert(key string, c class) {
	n := &t.root
	for key != "" {
		if key[0] == star {
			if n.star == nil {
				n.star = &node{}
			}
			n, key = n.star, key[1:]
			continue
		}
		part, _, _ := strings.Cut(key, string(rune(star)))
		n, key = n.step(part), key[len(part):]
	}
	for _, have := range n.accepts {
		if have == c {
			return
		}
	}
	n.accepts = append(n.accepts, c)
}

// step gives the node behind part, which has no star, and makes it where it is
// not there.
func (n *node) step(part string) *node {
	for part != "" {
		k := n.kid(part[0])
		if k == nil {
			k = &node{label: part}
			n.kids = append(n.kids, k)
			n.firsts += part[:1]
			return k
		}
		i := 0
		for i < len(part) && i < len(k.label) && part[i] == k.label[i] {
			i++
		}
		if i < len(k.label) {
			rest := *k
			rest.label = k.label[i:]
			*k = node{label: k.label[:i], kids: []*node{&rest}, firsts: rest.label[:1]}
		}
		n, part = k, part[i:]
	}
	return n
}

func (n *node) kid(c byte) *node {
	if i := strings.IndexByte(n.firsts, c); i >= 0 {
		return n.kids[i]
	}
	return nil
}

// finish makes the tree ready to be searched.
func (t *tree) finish() {
	for _, k := range t.root.kids {
		t.top[k.label[0]] = k
	}
}

// walk calls hit for each phrase that begins at offset at, with its class and
// the offset of its end. Depth is bounded by the words of a phrase.
func (t *tree) walk(f *folded, at int, hit func(c class, end int)) {
	if at >= len(f.buf) {
		return
	}
	if k := t.top[f.buf[at]]; k != nil {
		k.walk(f, at, hit)
	}
}

func (n *node) walk(f *folded, at int, hit func(c class, end int)) {
	for {
		end := at + len(n.label)
		if end > len(f.buf) || string(f.buf[at:end]) != n.label {
			return
		}
		at = end
		if f.isEnd[at] {
			for _, c := range n.accepts {
				hit(c, at)
			}
		}
		if n.star != nil {
			n.star.rest(f, at, hit)
		}
		if at >= len(f.buf) {
			return
		}
		if n = n.kid(f.buf[at]); n == nil {
			return
		}
	}
}

// rest goes on at the end of the word that at stands in.
func (n *node) rest(f *folded, at int, hit func(c class, end int)) {
	for !f.isEnd[at] {
		at++
	}
	for _, c := range n.accepts {
		hit(c, at)
	}
	if at < len(f.buf) {
		if k := n.kid(f.buf[at]); k != nil {
			k.walk(f, at, hit)
		}
	}
}
