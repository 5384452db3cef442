package bus

import _ "embed"

// dutch are the labels of this addon's models and fields in Dutch.
//
//go:embed nl.json
var dutch []byte
