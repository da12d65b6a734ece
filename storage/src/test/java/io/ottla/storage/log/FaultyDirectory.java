package io.ottla.storage.log;

import io.netty.buffer.ByteBuf;
import io.ottla.storage.file.ForwardingDirectory;
import io.ottla.storage.file.ForwardingFile;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.LogFile;
import java.io.IOException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A directory whose writes, cuts, fsyncs and small files fail when the test says so; a failing write leaves half of its bytes.
 */
public final class FaultyDirectory extends ForwardingDirectory {

    @Nullable
    String failWrites;

    /** With which error the files fail whose names match {@link #unreplaceable}. */
    String failReplaces = "Input/output error";

    Predicate<String> unreplaceable = name -> false;

    @Nullable
    String failDirectoryForces;

    boolean failTruncations;
    public boolean failForces;
    int forces;

    /** How often files were read. */
    int reads;

    public FaultyDirectory(LogDirectory real) {
        super(real);
    }

    private final class FaultyFile extends ForwardingFile {
        FaultyFile(LogFile file) {
            super(file);
        }

        @Override
        public void write(long position, ByteBuf source, int index, int length) throws IOException {
            if (failWrites != null) {
                file.write(position, source, index, length / 2);
                throw new IOException(failWrites);
            }
            file.write(position, source, index, length);
        }

        @Override
        public int read(long position, ByteBuf target, int length) throws IOException {
            reads++;
            return file.read(position, target, length);
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            if (failTruncations) {
                throw new IOException("cannot cut");
            }
            file.truncate(sizeBytes);
        }

        @Override
        public void force() throws IOException {
            forces++;
            if (failForces) {
                throw new IOException("cannot force");
            }
            file.force();
        }
    }

    @Override
    public LogFile open(String name, OpenMode mode) throws IOException {
        return new FaultyFile(real.open(name, mode));
    }

    @Override
    public void replace(String name, byte[] content, Durability durability) throws IOException {
        if (unreplaceable.test(name)) {
            throw new IOException(failReplaces);
        }
        real.replace(name, content, durability);
    }

    @Override
    public void forceDirectory(String name) throws IOException {
        if (failDirectoryForces != null) {
            throw new IOException(failDirectoryForces);
        }
        real.forceDirectory(name);
    }
}
