package files

import (
	"github.com/girosync/girosync/plugins/files/table"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// wordsSetting is the setting that names a site's folder of words.
const wordsSetting = "words"

// settings are what [providers.files] of a host's configuration may hold.
func settings() []sdk.Field {
	return []sdk.Field{{
		Name: wordsSetting, Label: "Folder of words", Kind: sdk.TextField,
		Help: "A folder with files of a site's own words and layouts (*.toml), which are added to those that come with the program.",
	}}
}

// Words returns the words that the provider's settings ask for; see wordbook.
func Words(config map[string]string) (*words.Library, error) {
	return (&wordbook{folder: config[wordsSetting]}).open()
}

// wordbook loads the words of a site when a format asks for them, anew for each
// file that is read, so that a change counts at once.
type wordbook struct {
	folder string // "" for none
	lib    *words.Library
	err    error
}

// open returns the words. With a site's words that are wrong, it returns those
// that come with the program, and an error: a table is not to be read in
// another way than the site asks for.
func (w *wordbook) open() (*words.Library, error) {
	if w.lib != nil {
		return w.lib, w.err
	}
	w.lib = words.Known()
	if w.folder == "" {
		return w.lib, nil
	}
	lib, err := words.OfSite(w.folder, table.RoleNames())
	if err != nil {
		w.err = sdk.Errorf(sdk.BadRequest, "%w. Until that is put right, no file is read whose meaning depends on words (OFX, QIF, tables)", err)
		return w.lib, w.err
	}
	w.lib = lib
	return w.lib, nil
}
