/// The one strict YAML reader for all of Ward's files.
///
/// [org.wardfl.provisioning.yaml.YamlFile] is the entry point. YAML 1.2 core schema; no tags, no
/// repeated keys, few aliases; every complaint names file and line, and an unknown key gets a
/// suggestion.
@NullMarked
package org.wardfl.provisioning.yaml;

import org.jspecify.annotations.NullMarked;
