package io.ottla.broker.cli;

import org.jspecify.annotations.Nullable;

/** Which build this is. */
public final class BuildVersion {
    private BuildVersion() {}

    /** The version in the manifest of the jar, {@code (not packaged)} for classes outside a jar. */
    public static String text() {
        @Nullable String version = BuildVersion.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }
}
