#ifndef C_IMAGE_METADATA_H
#define C_IMAGE_METADATA_H

#ifdef __cplusplus
extern "C" {
#endif

/// The version of exiv2 that is in use, as it names itself.
const char *cm_exiv2_version(void);

#ifdef __cplusplus
}
#endif

#endif
