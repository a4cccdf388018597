#!/bin/bash
# Checks a demo tree with native tools: every compressed file decodes, every checksum fits, every XML is well-formed, nothing
# of a private wiki is in the public tree. Usage: check-demo.sh demo
set -Eeuo pipefail
demo=${1:?"usage: check-demo.sh DIRECTORY"}
private_wikis=$(grep -v '^#' "$(dirname "$0")/../examples/farm/lists/private.dblist" | sed '/^ *$/d')
count=0

while IFS= read -r -d '' file; do
  bzip2 -t "$file"
  count=$((count + 1))
done < <(find "$demo" -type f -name '*.bz2' -print0)
echo "bzip2 -t: $count files"
[ "$count" -gt 0 ]

gz=0
while IFS= read -r -d '' file; do
  gzip -t "$file"
  gz=$((gz + 1))
done < <(find "$demo" -type f -name '*.gz' -print0)
echo "gzip -t: $gz files"

lists=0
while IFS= read -r -d '' list; do
  case $list in
    *md5sums.txt) tool=md5sum ;;
    *) tool=sha1sum ;;
  esac
  [ -s "$list" ]
  (cd "$(dirname "$list")" && $tool --strict --quiet -c "$(basename "$list")")
  lists=$((lists + 1))
done < <(find "$demo" -type f \( -name '*-md5sums.txt' -o -name '*-sha1sums.txt' \) -print0)
echo "md5sum -c, sha1sum -c: $lists lists"
[ "$lists" -gt 0 ]

xml=0
while IFS= read -r -d '' file; do
  case $file in
    *.bz2) bzip2 -dc "$file" ;;
    *.gz) gzip -dc "$file" ;;
    *) cat "$file" ;;
  esac | xmllint --huge --noout -
  xml=$((xml + 1))
done < <(find "$demo" -type f \( -name '*.xml.bz2' -o -name '*.xml.gz' -o -name '*.xml' \) -print0)
echo "xmllint: $xml documents"
[ "$xml" -gt 0 ]

dangling=$(find "$demo" -xtype l | wc -l)
echo "dangling links: $dangling"
[ "$dangling" -eq 0 ]

leftovers=$(find "$demo" \( -name '*.inprog' -o -name '*.tmp' -o -name 'lock*' \) | wc -l)
echo "leftovers: $leftovers"
[ "$leftovers" -eq 0 ]

for wiki in $private_wikis; do
  if find "$demo/public" | grep -q -- "$wiki" || grep -rqI -- "$wiki" "$demo/public"; then
    echo "private wiki $wiki shows in the public tree" >&2
    exit 1
  fi
done
echo "private wikis: nothing in the public tree"
