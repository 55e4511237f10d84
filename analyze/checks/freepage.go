package checks

import (
	"fmt"
	"strings"

	"reportascam/analyze"
)

// tenants is where Microsoft puts the name of each customer that has not
// brought a domain of its own. A trial takes minutes; small companies, and
// machines of large ones, do write from there.
const tenants = ".onmicrosoft.com"

// FromFreePage: the address is below a name that came with a free web page.
// Programs of hobbyists send their sign-in mail from there; companies do not.
var FromFreePage = analyze.Check{
	Name: "from-free-page", Doc: "the sender's address is below a site where anyone can put up a page in minutes",
	Cites: []analyze.Cite{"list of hosts for anyone's pages", "public suffix list, private section"},
	Find: func(ev *analyze.Evidence) analyze.Outcome {
		_, host := sender(ev)
		switch {
		case host == "":
			return unknown("The message has no readable sender.")
		case !onPage(ev, host) || strings.HasSuffix(host, tenants):
			return clear("The sender's address is not below a site for anyone's pages.")
		}
		return hit(fmt.Sprintf("The sender's address is at %s, a name that anyone gets in minutes with a free web page.", showHost(host)))
	},
}

// FromTenant: the address is below the name that Microsoft gives a customer
// who has brought none.
var FromTenant = analyze.Check{
	Name: "from-tenant", Doc: "the sender's address is below the name that Microsoft gives to anyone who opens an account",
	Cites: []analyze.Cite{"Microsoft 365: your onmicrosoft.com fallback domain"},
	Find: func(ev *analyze.Evidence) analyze.Outcome {
		_, host := sender(ev)
		switch {
		case host == "":
			return unknown("The message has no readable sender.")
		case !strings.HasSuffix(host, tenants):
			return clear("The sender's address is not at a name that Microsoft gives to anyone.")
		}
		return hit(fmt.Sprintf("The sender's address is at %s, a name that Microsoft gives to anyone who opens an account.", showHost(host)))
	},
}
