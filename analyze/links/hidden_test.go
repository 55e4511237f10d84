package links

import "testing"

func TestHiddenAndFaintText(t *testing.T) {
	tests := []struct {
		name, html    string
		hidden, faint int
		visible       string
	}{
		{"all plain", "<p>Hello there</p>", 0, 0, "Hello there"},
		{"display none", `<p>Hello<span style="display:none">secret words</span></p>`, 11, 0, "Hello"},
		{"only white space hidden", `<div style="display:none"> &nbsp;&zwnj; </div>Hello`, 0, 0, "Hello"},
		{"font of no size", `<p style="font-size:0">secret</p>Hello`, 6, 0, "Hello"},
		{"white on white", `<p style="color:#fff">secret</p>Hello`, 0, 6, "secret\nHello"},
		{"white on the ground of a cell", `<table><tr><td bgcolor="#123456"><span style="color:#ffffff">button</span></td></tr></table>`, 0, 0, "button"},
		{"the ground's own colour", `<div style="background-color:rgb(1,2,3)"><font color="#010203">secret</font></div>`, 0, 6, "secret"},
		{"over a picture", `<div style="background:url(x.png) #fff"><b style="color:white">title</b></div>`, 0, 0, "title"},
		{"one pixel", `<span style="font-size:1px">secret</span>Hello`, 0, 6, "secretHello"},
		{"one pixel undone", `<span style="font-size:1px"><b style="font-size:14px">Hello</b></span>`, 0, 0, "Hello"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := ReadHTML(tt.html)
			if p.Hidden != tt.hidden || p.Faint != tt.faint || p.Text != tt.visible {
				t.Errorf("ReadHTML = hidden %d, faint %d, text %q, want %d, %d, %q", p.Hidden, p.Faint, p.Text, tt.hidden, tt.faint, tt.visible)
			}
		})
	}
}

func TestPlainColour(t *testing.T) {
	for in, want := range map[string]string{
		"#fff": "ffffff", "#FFFFFF": "ffffff", "white": "ffffff", "rgb(255, 255, 255)": "ffffff", "black": "000000", " #010203 ": "010203",
		"red": "", "rgb(1,2)": "", "rgb(300,0,0)": "", "#ggg": "", "": "", "transparent": "", "rgba(0,0,0,0)": "",
	} {
		if got := plainColour(in); got != want {
			t.Errorf("plainColour(%q) = %q, want %q", in, got, want)
		}
	}
}
