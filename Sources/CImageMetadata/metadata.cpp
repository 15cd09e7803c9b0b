#include "CImageMetadata.h"

#include <exiv2/exiv2.hpp>

const char *cm_exiv2_version(void) { return Exiv2::version(); }
