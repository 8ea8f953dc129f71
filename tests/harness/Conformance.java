// Asks veraPDF's engine whether files conform: `java -cp JAR Conformance.java PDFA-3B,PDFUA-1 FILE...`.
//
// Prints one line for each file and profile ("ok" and the number of checks, or "failed"), and one for each rule that
// is broken; its end is 1 when any is. The profiles are read from the engine's own jar with the plain XML parser,
// because the jar that carries the engine leaves out the binding library that the engine reads them with.

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.LogManager;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.ErrorArgument;
import org.verapdf.pdfa.validation.profiles.ErrorArgumentImpl;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

public class Conformance {
    public static void main(String[] given) throws Exception {
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        List<ValidationProfile> profiles = new ArrayList<>();
        for (String name : given[0].split(",")) {
            profiles.add(profile(name));
        }
        boolean conforms = true;
        for (int place = 1; place < given.length; place++) {
            for (ValidationProfile profile : profiles) {
                conforms &= check(profile, given[place]);
            }
        }
        System.exit(conforms ? 0 : 1);
    }

    private static boolean check(ValidationProfile profile, String file) throws Exception {
        PDFAFlavour flavour = profile.getPDFAFlavour();
        String about = file + "\t" + flavour.getId() + "\t";
        try (var data = Files.newInputStream(Path.of(file));
                var parser = Foundries.defaultInstance().createParser(data, flavour);
                var validator = Foundries.defaultInstance().createValidator(profile, false)) {
            ValidationResult result = validator.validate(parser);
            System.out.println(about + (result.isCompliant() ? "ok" : "failed") + "\t" + result.getTotalAssertions());
            Set<String> broken = new TreeSet<>();
            for (TestAssertion each : result.getTestAssertions()) {
                if (each.getStatus() == TestAssertion.Status.FAILED) {
                    String rule = each.getRuleId().getClause() + "-" + each.getRuleId().getTestNumber();
                    broken.add(rule + "\t" + each.getMessage() + "\t" + each.getErrorMessage());
                }
            }
            broken.forEach(line -> System.out.println(about + line.replace('\n', ' ')));
            return result.isCompliant();
        }
    }

    private static ValidationProfile profile(String name) throws Exception {
        try (InputStream data = Conformance.class.getResourceAsStream("/org/verapdf/pdfa/validation/" + name + ".xml")) {
            Element root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(data).getDocumentElement();
            Set<Rule> rules = new HashSet<>();
            for (Element rule : named(root, "rule")) {
                rules.add(rule(rule));
            }
            Set<Variable> variables = new HashSet<>();
            for (Element each : named(root, "variable")) {
                variables.add(
                        Profiles.variableFromValues(
                                each.getAttribute("name"),
                                each.getAttribute("object"),
                                text(each, "defaultValue"),
                                text(each, "value")));
            }
            var details = Profiles.profileDetailsFromValues(name, name, "", new Date(0));
            return Profiles.profileFromValues(
                    PDFAFlavour.valueOf(root.getAttribute("flavour")), details, "", rules, variables);
        }
    }

    private static Rule rule(Element rule) {
        Element id = named(rule, "id").get(0);
        List<ErrorArgument> arguments = new ArrayList<>();
        for (Element each : named(rule, "argument")) {
            String name = each.hasAttribute("name") ? each.getAttribute("name") : null;
            arguments.add(ErrorArgumentImpl.fromValues(each.getTextContent(), name, null));
        }
        return Profiles.ruleFromValues(
                Profiles.ruleIdFromValues(
                        PDFAFlavour.Specification.valueOf(id.getAttribute("specification")),
                        id.getAttribute("clause"),
                        Integer.parseInt(id.getAttribute("testNumber"))),
                rule.getAttribute("object"),
                Boolean.valueOf(rule.getAttribute("deferred")),
                rule.getAttribute("tags"),
                text(rule, "description"),
                text(rule, "test"),
                Profiles.errorFromValues(text(rule, "message"), arguments),
                List.of());
    }

    private static List<Element> named(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        var all = parent.getElementsByTagName(name);
        for (int place = 0; place < all.getLength(); place++) {
            found.add((Element) all.item(place));
        }
        return found;
    }

    private static String text(Element parent, String name) {
        Node found = named(parent, name).get(0);
        return found.getTextContent().trim();
    }
}
