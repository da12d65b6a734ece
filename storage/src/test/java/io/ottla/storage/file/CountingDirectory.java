package io.ottla.storage.file;

import java.io.IOException;

/** A directory that counts how often a file is opened. Its files never close by themselves. */
final class CountingDirectory extends ForwardingDirectory {
    private final OpenFiles untracked = OpenFiles.UNTRACKED;
    int opened;

    CountingDirectory(LogDirectory real) {
        super(real);
    }

    @Override
    public OpenFiles openFiles() {
        return untracked;
    }

    @Override
    public LogFile open(String name, OpenMode mode) throws IOException {
        opened++;
        return real.open(name, mode);
    }
}
