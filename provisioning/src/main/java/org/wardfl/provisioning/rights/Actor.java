package org.wardfl.provisioning.rights;

/// Who asks for something, or whose job it is about, as the certificate says.
///
/// @param name the certified name
/// @param organization the certified organization
/// @param role the certified role; of no meaning for a submitter
public record Actor(String name, String organization, String role) {}
