package io.ottla.compat;

import io.ottla.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * An ext4 file system of its own, in a file, that can be made to answer everything with EIO, as the kernel does when it has
 * lost a disk: {@code EXT4_IOC_SHUTDOWN}, which is there for tests of that. Needs root; where something is missing the test
 * that wants it is skipped.
 */
final class MortalDisk implements AutoCloseable {
    private static final String SIZE = "256M";

    /** _IOR('X', 125, u32), with flag 0: what has been written until then is put on the disk first. */
    private static final String SHUT_DOWN = "open(my $disk, '<', $ARGV[0]) or die \"open: $!\";"
            + " my $flags = pack('L', 0); ioctl($disk, 0x8004587D, $flags) or die \"ioctl: $!\"";

    private final Path image;
    private final Path mountPoint;

    private MortalDisk(Path image, Path mountPoint) {
        this.image = image;
        this.mountPoint = mountPoint;
    }

    /** A new file system below {@code home}, mounted. */
    static MortalDisk mount(Path home) throws IOException {
        MortalDisk disk = new MortalDisk(home.resolve("disk.img"), Files.createDirectories(home.resolve("disk")));
        orSkip("truncate", "-s", SIZE, disk.image.toString());
        orSkip("mkfs.ext4", "-q", "-F", disk.image.toString());
        orSkip("perl", "-e", "1");
        orSkip("mount", "-o", "loop", disk.image.toString(), disk.mountPoint.toString());
        return disk;
    }

    private static void orSkip(String... command) {
        Assumptions.assumeTrue(Command.exists(command[0]), "there is no " + command[0]);
        Command done = Command.run(command);
        Assumptions.assumeTrue(done.exitCode() == 0, () -> String.join(" ", command) + ": " + done.output());
    }

    private static void orFail(String... command) {
        Command done = Command.run(command);
        if (done.exitCode() != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + done.output());
        }
    }

    /** Where its files are. */
    Path path() {
        return mountPoint;
    }

    /** From now on everything fails. */
    void die() throws IOException {
        orFail("perl", "-e", SHUT_DOWN, mountPoint.toString());
    }

    /** Works again, with all that was written before; nobody may have a file of it open. */
    void mend() {
        orFail("umount", mountPoint.toString());
        orFail("mount", "-o", "loop", image.toString(), mountPoint.toString());
    }

    @Override
    public void close() {
        orFail("umount", "-l", mountPoint.toString());
    }
}
