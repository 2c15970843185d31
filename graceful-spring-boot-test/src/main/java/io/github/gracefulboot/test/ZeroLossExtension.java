package io.github.gracefulboot.test;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.MediaType;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.function.ThrowingConsumer;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/**
 * Starts the fleets of a {@link ZeroLossTest}, hands them to its tests and closes them.
 */
final class ZeroLossExtension implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {

	private static final Namespace NAMESPACE = Namespace.create(ZeroLossExtension.class);

	@Override
	public void beforeAll(ExtensionContext context) throws IllegalAccessException {
		if (fleets(context) != null) {
			// A nested class uses those of the class around it
			return;
		}
		Fleets fleets = new Fleets(new ArrayList<>());
		// Closed by JUnit, also when a start fails
		context.getStore(NAMESPACE).put(Fleets.class, fleets);
		for (Field field : fields(context.getRequiredTestClass())) {
			Fleet fleet = (Fleet) field.get(null);
			if (fleet == null) {
				fleet = Fleet.ofPackagedApp();
				field.set(null, fleet);
			}
			fleets.all().add(fleet);
			fleet.start("%s-%s".formatted(context.getRequiredTestClass().getSimpleName(), field.getName()));
		}
	}

	private static List<Field> fields(Class<?> type) {
		List<Field> fields = AnnotationSupport
			.findAnnotatedFields(type, Instances.class, (field) -> true, HierarchyTraversalMode.TOP_DOWN)
			.stream()
			.sorted(Comparator.comparing(Field::getName))
			.toList();
		for (Field field : fields) {
			if (!Modifier.isStatic(field.getModifiers()) || field.getType() != Fleet.class) {
				throw new ExtensionConfigurationException(
						"%s has @Instances: make it a static field of type Fleet".formatted(field));
			}
			field.setAccessible(true);
		}
		if (fields.isEmpty()) {
			throw new ExtensionConfigurationException(
					"%s has no fleet: add '@Instances static Fleet fleet;'".formatted(type.getName()));
		}
		return fields;
	}

	@Override
	public void beforeEach(ExtensionContext context) {
		requiredFleets(context).all().forEach(Fleet::ensureRunning);
		context.getStore(NAMESPACE).put(Results.class, new Results(new ArrayList<>()));
	}

	@Override
	public void afterEach(ExtensionContext context) {
		List<RestartResult> results = results(context).all();
		for (int i = 0; i < results.size(); i++) {
			RestartResult result = results.get(i);
			publish(context, "restart-%d.md".formatted(i + 1),
					(file) -> Files.writeString(file, "%s%n%s".formatted(result, result.timeline())));
		}
		requiredFleets(context).all()
			.stream()
			.flatMap((fleet) -> fleet.getInstances().stream())
			.map(Instance::getLog)
			.filter(Files::exists)
			.forEach((log) -> publish(context, log.getFileName().toString(),
					(file) -> Files.copy(log, file, StandardCopyOption.REPLACE_EXISTING)));
	}

	/**
	 * A test does not fail because nobody wants its files, or the disk is full.
	 */
	private static void publish(ExtensionContext context, String name, ThrowingConsumer<Path> content) {
		try {
			context.publishFile(name, MediaType.TEXT_PLAIN_UTF_8, content);
		}
		catch (RuntimeException ex) {
			context.publishReportEntry(name, "Not published: " + ex.getMessage());
		}
	}

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		Class<?> type = parameter.getParameter().getType();
		return type == Fleet.class || type == Traffic.class || type == Instance.class;
	}

	@Override
	public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
		Fleet fleet = requiredFleets(context).all().get(0);
		Class<?> type = parameter.getParameter().getType();
		if (type == Fleet.class) {
			return fleet;
		}
		return (type == Instance.class) ? fleet.instance(0)
				: fleet.traffic().reportTo((result) -> results(context).all().add(result));
	}

	private static @Nullable Fleets fleets(ExtensionContext context) {
		return context.getStore(NAMESPACE).get(Fleets.class, Fleets.class);
	}

	private static Fleets requiredFleets(ExtensionContext context) {
		return Objects.requireNonNull(fleets(context));
	}

	private static Results results(ExtensionContext context) {
		return Objects.requireNonNull(context.getStore(NAMESPACE).get(Results.class, Results.class));
	}

	/**
	 * The fleets of a test class.
	 *
	 * @param all the fleets, in the order of their fields
	 */
	private record Fleets(List<Fleet> all) implements AutoCloseable {

		@Override
		public void close() {
			this.all.forEach(Fleet::close);
		}

	}

	/**
	 * What the traffic of a test has shown.
	 *
	 * @param all the results, in their order
	 */
	private record Results(List<RestartResult> all) {

	}

}
