#!/bin/bash
# fetch.sh DEST: photographs for the data set, out of Debian 12's wallpaper packages.
#
# Downloads the packages with apt-get (nothing is installed), unpacks them with dpkg, keeps the real photographs in
# DEST/PACKAGE/NAME.jpg, checks each by its SHA-256, and writes DEST/SOURCES.tsv (file, licence, author). A photograph
# that is there already and right is not fetched again, so the script may be stopped and started at any time.
# KNEE_PACKAGES=DIR takes the .deb files from DIR instead of downloading them.
set -euo pipefail
export LC_ALL=C.UTF-8

die() {
    echo "fetch.sh: error: $*; or build from your own photographs: make dataset PHOTOS=DIR" >&2
    exit 1
}

# package | path in it | licence | author | SHA-256
catalogue() {
    cat <<'END'
lomiri-wallpapers-16.04|usr/share/backgrounds/Bridge_by_Sander_Klootwijk.jpg|CC-BY-SA-4.0|Sander Klootwijk|bd86b081f9975e2b83527f71e49b9271a8ab40885428395969d9f7d834d7f050
lomiri-wallpapers-16.04|usr/share/backgrounds/Dragonfly_by_Bolly.jpg|CC-BY-SA-4.0|Bolly|af5af17841009732def24b09bb1e669a1b09d2b4bdeee7812c371101c30d2bb3
lomiri-wallpapers-16.04|usr/share/backgrounds/Picture_0B_by_freespace.jpg|CC-BY-4.0|Trevor Freespace|c8c0ab18e48d9e0419fe42881112137f3afafc27dfddc29ec3a6d54c56d225ad
lomiri-wallpapers-16.04|usr/share/backgrounds/Wine_by_Jakkub_Mede.jpg|CC-BY-4.0|Jakub Mede|d2e96e6d4da40dd804b3d0ce295e94de04a2d7d9b6785d42cd9d92ba58bced74
lomiri-wallpapers-16.04|usr/share/backgrounds/aitzgorri_by_Aitzol_Berasategi.jpg|CC-BY-4.0|Aitzol Berasategi|66268e7b48f8854d36a28765fac6e23ec1aee251daa6da1f64715f201020ad36
lomiri-wallpapers-16.04|usr/share/backgrounds/free_by_Peter_Nerlich.jpg|CC-BY-SA-4.0|Peter Nerlich|85a5453c2fed514c75973016f3d862aca62eb7ca087618822469274ac1092373
lomiri-wallpapers-16.04|usr/share/backgrounds/friends_by_Aitzol_Berasategi.jpg|CC-BY-4.0|Aitzol Berasategi|cc40e313c74e421edffe3403def413c16878ce14661cce7ec5915baeab35538d
lomiri-wallpapers-16.04|usr/share/backgrounds/greentock_by_Peter_Nerlich.jpg|CC-BY-SA-4.0|Peter Nerlich|e7b20e2db9dcd6e2b278ca55873c2110b35d89cd38b04d0b18728726888e6889
lomiri-wallpapers-16.04|usr/share/backgrounds/life_by_Aitzol_Berasategi.jpg|CC-BY-4.0|Aitzol Berasategi|4c119350ead80201fe256850c3d316309ddfb4bdf10b235ce982dcde0c667c05
lomiri-wallpapers-16.04|usr/share/backgrounds/picosdeeuropa_by_Aitzol_Berasategi.jpg|CC-BY-4.0|Aitzol Berasategi|414d0072b2f6f2c555deafeaef6e45c4fed6fa9ad26eba6560ca8803959cf97a
lomiri-wallpapers-16.04|usr/share/backgrounds/seeding_by_Clements_Engelhardt.jpg|CC0-1.0|Clemens Engelhardt|a5634d1ab5e41a3568e92d4a894a500c92b891f9ff734e50bd224d6e185a605f
lomiri-wallpapers-16.04|usr/share/backgrounds/sunset_by_Aitzol_Berasategi.jpg|CC-BY-4.0|Aitzol Berasategi|474dab6a4b9f94dc76c29dfe30e9f5db4af0fd2e33fe5d695f8152b371efca18
lomiri-wallpapers-20.04|usr/share/backgrounds/Kleiber_by_Lukas_Baubkus.jpg|CC-BY-SA-3.0|Lukas Baubkus|6572410c09f4492c74ccadde133565a14c0161617d5917d4c820c66d65a44ba7
mate-backgrounds|usr/share/backgrounds/mate/nature/Aqua.jpg|GPL-2+|Charles Barbin|5c30118205982da441bf7e6a1ada636a8a0be879408140b3148280c665ed6bce
mate-backgrounds|usr/share/backgrounds/mate/nature/Blinds.jpg|GPL-2+|Lennart Poettering, Andrea Cimitan|f7aac0dcc2e06d0491643e84df3da1d9db7c4610f58806a880d56e074799f600
mate-backgrounds|usr/share/backgrounds/mate/nature/Garden.jpg|GPL-2+|Charles Barbin|d3095ee09d425ef23d27155412136cf14fc3c9af76ca58b452f55e23da324e78
mate-backgrounds|usr/share/backgrounds/mate/nature/LadyBird.jpg|GPL-2+|Charles Barbin|e35a9a4126ef969c90b29c038058c5a575a20eadd84106a37bf1fa9931e7b61d
mate-backgrounds|usr/share/backgrounds/mate/nature/RainDrops.jpg|GPL-2+|blackcombwhistler07|3e4ea9671c28c90a86cf67b3db9daf18c4741587c596333a7529ca589aaa0c16
mate-backgrounds|usr/share/backgrounds/mate/nature/Storm.jpg|GPL-2+|Sergey Nazarov|77ca53077831d3237f73393a91fc879158abc046d852941c26e90de336356957
mate-backgrounds|usr/share/backgrounds/mate/nature/TwoWings.jpg|GPL-2+|Charles Barbin, Hylke Bons|665e5abf8a5399070a91a9a8e455fe071e5b61697ff78fdeda4e9843ef545aeb
mate-backgrounds|usr/share/backgrounds/mate/nature/Wood.jpg|GPL-2+|Jean-François Fortin Tam|19c78500ac00a622e19907ab9cc7d06d46fe08c4a6142759a84195696150ec07
mate-backgrounds|usr/share/backgrounds/mate/nature/YellowFlower.jpg|GPL-2+|Charles Barbin|254da96256acb7add685679775a04d1e4a5bc8cd13e5a5a3d61351ce198a5306
plasma-workspace-wallpapers|usr/share/wallpapers/BytheWater/contents/images/2560x1600.jpg|LGPL-3 or GPL-2+|Maciej Wiklo|c272434ef39f2abf1ed48a15a8910088020f3165329a5092f3940ec9464bc05f
plasma-workspace-wallpapers|usr/share/wallpapers/ColdRipple/contents/images/2560x1600.jpg|LGPL-3 or GPL-2+|Risto Saukonpää|05bef6722fc0ed81292cceb3ed026c38d17e510f3c84be7d68610c2b1a723c3f
plasma-workspace-wallpapers|usr/share/wallpapers/ColorfulCups/contents/images/2560x1600.jpg|LGPL-3 or GPL-2+|Dmitri Popov|6e0f3a72feb5a4a9fec191b77e34874c3c69e2d93040deb3f07773e73385023d
plasma-workspace-wallpapers|usr/share/wallpapers/DarkestHour/contents/images/2560x1600.jpg|LGPL-3 or GPL-2+|Risto Saukonpää|8e3703fae3a3c217b1fc2b399b706cd3720584268d071ba153e4809daa55f1ce
plasma-workspace-wallpapers|usr/share/wallpapers/EveningGlow/contents/images/2560x1600.jpg|LGPL-3 or GPL-2+|Ian Hex|586682dcb362b9f620068f10138f87d0d3649939aef238adc5807cb951976a7a
plasma-workspace-wallpapers|usr/share/wallpapers/FallenLeaf/contents/images/2560x1600.jpg|LGPL-3 or GPL-2+|Martin Klapetek|95603a6560c7e8d50e0e03b3f4adbe39c5258c72528e74e4ecaea1daf4e499de
plasma-workspace-wallpapers|usr/share/wallpapers/Grey/contents/images/2560x1600.jpg|LGPL-3 or GPL-2+|Sigi Sagi|88c31d8944b7e6935d1b9a296654c692f0772cb512491713eb30a972a604c0ed
plasma-workspace-wallpapers|usr/share/wallpapers/Kite/contents/images/2560x1600.jpg|LGPL-3 or GPL-2+|Risto Saukonpää|bdca288ce296a981e80659c021cf707caddc702c0c8d4247e60bd618476d47f8
plasma-workspace-wallpapers|usr/share/wallpapers/OneStandsOut/contents/images/2560x1600.jpg|LGPL-3 or GPL-2+|Risto Saukonpää|cb507baf1dafdcae362264f3aba9483ed4be5f6c9fdd770f0ec0920c6d9e80fd
plasma-workspace-wallpapers|usr/share/wallpapers/Path/contents/images/2560x1600.jpg|LGPL-3 or GPL-2+|Risto Saukonpää|7477457d7f17b736259f1b021864778ad4ba802cf3214e6728181ff29126bba8
plasma-workspace-wallpapers|usr/share/wallpapers/summer_1am/contents/images/2560x1600.jpg|LGPL-3 or GPL-2+|Risto Saukonpää|c868b50789591dd42910153c768053f1ba0a98cb36bbfc2b7a96a1045d0477f8
END
}

# Name of a photograph below DEST: PACKAGE/NAME.jpg. Plasma's pictures are named by their folder.
name_of() {
    case $2 in
        */contents/images/*) local folder=${2%%/contents/*}; echo "$1/${folder##*/}.jpg" ;;
        *) echo "$1/${2##*/}" ;;
    esac
}

is_right() {
    [ -f "$1" ] && [ "$(sha256sum <"$1")" = "$2  -" ]
}

# Brings the package's .deb into $work/PACKAGE/.
bring_package() {
    local package=$1 deb
    mkdir -p "$work/$package"
    if [ -n "${KNEE_PACKAGES:-}" ]; then
        deb=$(find "$KNEE_PACKAGES" -maxdepth 1 -name "${package}_*.deb" -print -quit)
        [ -n "$deb" ] || die "KNEE_PACKAGES=$KNEE_PACKAGES holds no package $package"
        cp "$deb" "$work/$package/"
        return
    fi
    command -v apt-get >/dev/null || die "no apt-get here, so the package $package cannot be had from Debian"
    # As root, apt would download as another user, who may not write here.
    local sandbox=()
    [ "$(id -u)" != 0 ] || sandbox=(-o APT::Sandbox::User=root)
    (cd "$work/$package" && apt-get "${sandbox[@]}" -q -o Acquire::Retries=3 download "$package") >"$work/log" 2>&1 ||
        die "the Debian package $package cannot be downloaded ($(grep -m1 '^[EW]:' "$work/log" || tail -n1 "$work/log")):" \
            "check the network and run 'apt-get update'"
}

fetch_package() {
    local package=$1 wanted path licence author sum name deb
    echo "fetch.sh: $package"
    bring_package "$package"
    deb=$(find "$work/$package" -name '*.deb' -print -quit)
    dpkg -x "$deb" "$work/$package/root" || die "the package file ${deb##*/} cannot be unpacked"
    mkdir -p "$dest/$package"
    while IFS='|' read -r wanted path licence author sum; do
        [ "$wanted" = "$package" ] || continue
        name=$(name_of "$package" "$path")
        is_right "$work/$package/root/$path" "$sum" ||
            die "$package holds no $path with the expected content (another release of Debian?)"
        mv "$work/$package/root/$path" "$dest/$name"
    done < <(catalogue)
    rm -rf "${work:?}/$package"
}

[ $# -eq 1 ] || { echo "usage: fetch.sh DEST" >&2; exit 2; }
dest=$1
mkdir -p "$dest" 2>/dev/null || die "the folder $dest cannot be made"
command -v dpkg >/dev/null || die "no dpkg here, so Debian packages cannot be unpacked"

missing=$(catalogue | while IFS='|' read -r package path licence author sum; do
    is_right "$dest/$(name_of "$package" "$path")" "$sum" || echo "$package"
done | sort -u)

if [ -n "$missing" ]; then
    work=$(mktemp -d "$dest/.fetch.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    for package in $missing; do
        fetch_package "$package"
    done
fi

catalogue | while IFS='|' read -r package path licence author sum; do
    printf '%s\t%s\t%s\n' "$(name_of "$package" "$path")" "$licence" "$author"
done | sort >"$dest/.SOURCES.tsv.new"
{ printf 'file\tlicence\tauthor\n'; cat "$dest/.SOURCES.tsv.new"; } >"$dest/.SOURCES.tsv"
rm "$dest/.SOURCES.tsv.new"
mv "$dest/.SOURCES.tsv" "$dest/SOURCES.tsv"
echo "fetch.sh: $(catalogue | wc -l) photographs in $dest"
