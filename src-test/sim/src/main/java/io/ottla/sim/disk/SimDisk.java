package io.ottla.sim.disk;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A file system. Changes of names go into a journal that any force commits, in order, as journaling file systems do; a loss
 * of power keeps some first part of what is not committed.
 */
public final class SimDisk {
    private static final int BAD_READ_ONE_IN = 4;
    private static final int DERIVED_LOST_ONE_IN = 4;
    private static final int EPOCHS_KEPT_MAX_BYTES = 12;
    private static final List<String> DERIVED = List.of(".index", ".timeindex", ".snapshot");
    private static final String EPOCHS = "leader-epoch-checkpoint";

    private final TreeMap<String, SimFile> files = new TreeMap<>();
    private final TreeSet<String> directories = new TreeSet<>();
    private final ArrayDeque<Runnable> uncommitted = new ArrayDeque<>();
    private boolean broken;
    /** How much of each write still finds room; null while there is room for all. */
    private @Nullable Random room;

    private @Nullable Random badReads;

    /** From now on everything fails, until the next {@link #repair}. */
    public void breakDown() {
        broken = true;
    }

    /** From now on of each write only a first part finds room, until the next {@link #repair}. */
    public void fill(long seed) {
        room = new Random(seed);
    }

    /** From now on some reads fail, until the next {@link #repair}. */
    public void spoilReads(long seed) {
        badReads = new Random(seed);
    }

    public void repair() {
        broken = false;
        room = null;
        badReads = null;
    }

    /** Whether nothing ails it. */
    public boolean isGood() {
        return !broken && room == null && badReads == null;
    }

    /** Takes away, or damages, some files whose contents can be found out again from others. No process uses the disk. */
    public void loseDerived(Random random) {
        for (String name : List.copyOf(files.keySet())) {
            boolean lost = random.nextInt(DERIVED_LOST_ONE_IN) == 0;
            if (lost && DERIVED.stream().anyMatch(name::endsWith)) {
                remove(name);
            } else if (lost && name.endsWith(EPOCHS)) {
                files.getOrDefault(name, new SimFile()).truncate(random.nextInt(EPOCHS_KEPT_MAX_BYTES));
            }
        }
    }

    /** A new disk in place of the old one. */
    public void wipe() {
        files.clear();
        directories.clear();
        uncommitted.clear();
    }

    /** Forgets some of what was never forced. */
    public void losePower(Random random) {
        int kept = random.nextInt(uncommitted.size() + 1);
        while (uncommitted.size() > kept) {
            uncommitted.removeLast().run();
        }
        uncommitted.clear();
        files.values().forEach(file -> file.losePower(random));
    }

    void check() throws IOException {
        if (broken) {
            throw new IOException("Input/output error");
        }
    }

    void checkRead() throws IOException {
        check();
        Random chance = badReads;
        if (chance != null && chance.nextInt(BAD_READ_ONE_IN) == 0) {
            throw new IOException("Input/output error");
        }
    }

    void checkSpace() throws IOException {
        check();
        if (room != null) {
            throw noSpace();
        }
    }

    /** How many of so many bytes can be written. */
    int roomFor(int length) throws IOException {
        check();
        Random chance = room;
        return chance == null || length == 0 ? length : chance.nextInt(length);
    }

    static IOException noSpace() {
        return new IOException("No space left on device");
    }

    void commit() {
        uncommitted.clear();
    }

    @Nullable
    SimFile find(String name) {
        return files.get(name);
    }

    SimFile get(String name) throws NoSuchFileException {
        SimFile file = files.get(name);
        if (file == null) {
            throw new NoSuchFileException(name);
        }
        return file;
    }

    boolean isDirectory(String name) {
        return name.isEmpty() || directories.contains(name);
    }

    SimFile create(String name) throws IOException {
        requireParent(name);
        SimFile file = new SimFile();
        put(name, file);
        return file;
    }

    /** Gives a name to a file; the file that had it before loses it. */
    void put(String name, SimFile file) throws IOException {
        requireParent(name);
        SimFile before = files.put(name, file);
        uncommitted.add(() -> restore(name, before));
    }

    private void restore(String name, @Nullable SimFile before) {
        if (before == null) {
            files.remove(name);
        } else {
            files.put(name, before);
        }
    }

    private void requireParent(String name) throws NoSuchFileException {
        int slash = name.lastIndexOf('/');
        if (slash >= 0 && !directories.contains(name.substring(0, slash))) {
            throw new NoSuchFileException(name);
        }
    }

    void makeDirectory(String name) {
        for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
            addDirectory(name.substring(0, slash));
        }
        addDirectory(name);
    }

    private void addDirectory(String name) {
        if (directories.add(name)) {
            uncommitted.add(() -> directories.remove(name));
        }
    }

    boolean remove(String name) {
        SimFile before = files.remove(name);
        if (before != null) {
            uncommitted.add(() -> files.put(name, before));
            return true;
        }
        if (directories.remove(name)) {
            uncommitted.add(() -> directories.add(name));
            return true;
        }
        return false;
    }

    void removeTree(String name) {
        for (String inside : inside(name)) {
            remove(inside);
        }
        for (String inside : List.copyOf(directories.tailSet(name, true))) {
            if (inside.equals(name) || inside.startsWith(name + "/")) {
                remove(inside);
            }
        }
    }

    void rename(String from, String to) throws IOException {
        SimFile file = files.get(from);
        if (file != null) {
            requireParent(to);
            SimFile replaced = files.put(to, file);
            files.remove(from);
            uncommitted.add(() -> {
                files.put(from, file);
                restore(to, replaced);
            });
        } else if (directories.contains(from)) {
            if (directories.contains(to) && !list(to).isEmpty()) {
                throw new IOException(to + ": Directory not empty");
            }
            move(from, to);
            uncommitted.add(() -> move(to, from));
        } else {
            throw new NoSuchFileException(from);
        }
    }

    private void move(String from, String to) {
        for (String name : inside(from)) {
            SimFile moved = files.remove(name);
            if (moved != null) {
                files.put(to + name.substring(from.length()), moved);
            }
        }
        for (String name : List.copyOf(directories)) {
            if (name.equals(from) || name.startsWith(from + "/")) {
                directories.remove(name);
                directories.add(to + name.substring(from.length()));
            }
        }
    }

    private List<String> inside(String directory) {
        return List.copyOf(files.subMap(directory + "/", directory + "0").keySet());
    }

    List<String> list(String directory) throws IOException {
        if (!isDirectory(directory)) {
            throw new NoSuchFileException(directory);
        }
        String prefix = directory.isEmpty() ? "" : directory + "/";
        TreeSet<String> names = new TreeSet<>();
        for (Map.Entry<String, SimFile> file : files.tailMap(prefix).entrySet()) {
            if (!file.getKey().startsWith(prefix)) {
                break;
            }
            addChild(names, file.getKey(), prefix);
        }
        directories.forEach(name -> addChild(names, name, prefix));
        return new ArrayList<>(names);
    }

    private static void addChild(Set<String> names, String path, String prefix) {
        if (path.startsWith(prefix) && path.length() > prefix.length() && path.indexOf('/', prefix.length()) < 0) {
            names.add(path.substring(prefix.length()));
        }
    }
}
