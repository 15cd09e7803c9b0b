#!/usr/bin/env bash
# exiv2 0.27.6 (Debian 12: exiv2 0.27.6-1): setting a rating in an XMP file also rewrites what the
# packet is about. Windows and older Adobe programs write `rdf:about="uuid:…"`.
#   - A UUID there is moved into xmpMM:InstanceID, whose earlier value is lost.
#   - Any other URI there is deleted.
# Nothing is said, and the exit status is 0. (The XMP toolkit inside treats the attribute as the
# form that its instance identifiers had in old files.)
#
# Wanted: what was not asked for stays, as with exiftool, which keeps rdf:about and InstanceID both.
# Programs that tell versions of a picture by InstanceID see another version after a rating.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

apt-get download -q exiv2=0.27.6-1 libexiv2-27=0.27.6-1 libinih1 >/dev/null
for package in *.deb; do dpkg -x "$package" root; done
libraries=$(dirname "$(find root -name 'libexiv2.so.27')")
exiv2() { LD_LIBRARY_PATH=$libraries root/usr/bin/exiv2 "$@"; }
exiv2 --version | head -1

packet() { # what it is about, an element
  cat <<X
<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="$1" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/">$2<dc:source>a</dc:source></rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>
X
}
seen() { grep -oE '(rdf:about|xmpMM:InstanceID)="[^"]*"' "$1" | tr '\n' ' '; }

packet uuid:00000000-ba3d-11da-ad31-000000000001 '<xmpMM:InstanceID>xmp.iid:1</xmpMM:InstanceID>' >uuid.xmp
packet photo-1.jpg '' >uri.xmp
exiv2 -M 'set Xmp.xmp.Rating 3' uuid.xmp
exiv2 -M 'set Xmp.xmp.Rating 3' uri.xmp
echo "uuid: $(seen uuid.xmp)"
echo "URI:  $(seen uri.xmp)"
[ "$(seen uuid.xmp)" = 'rdf:about="" xmpMM:InstanceID="uuid:00000000-ba3d-11da-ad31-000000000001" ' ]
[ "$(seen uri.xmp)" = 'rdf:about="" ' ]
! grep -q 'xmp.iid:1' uuid.xmp
! grep -q 'photo-1.jpg' uri.xmp
